import "@tensorflow/tfjs-backend-cpu";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { ShapeError } from "../../errors/shape-error.js";
import { tensorScope } from "../../tensor/tensor-scope.js";
import { tf } from "../../tensor/tf.js";
import { decoded } from "../expect-recorded-under-test.js";
import * as nn from "../index.js";

interface Call {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** What PyTorch's recorded cases call functions with. */
const { cases }: { readonly cases: readonly Call[] } = read("functions");
const { functions: more }: { readonly functions: readonly Call[] } = read("more-layers");

function read<TContent>(name: string): TContent {
  return JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), "utf8"));
}

/** A function that PyTorch does not have. */
const OWN = new Map<string, () => Call>([
  ["selfAttention", () => ({ name: "selfAttention", args: [tf.ones([2, 4, 12])], options: { numHeads: 2 } })],
  [
    "scaledDotProductAttention",
    () => ({ name: "", args: [tf.ones([2, 4, 2]), tf.ones([2, 4, 2]), tf.ones([2, 4, 2])], options: {} }),
  ],
]);

function callOf(name: string): Call | undefined {
  const torch = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const found = [...cases, ...more].filter((recorded) => [torch, name.toLowerCase()].includes(recorded.name));
  return found.find(({ options }) => Object.keys(options).length > 0) ?? found[0] ?? OWN.get(name)?.();
}

/** A function, with arguments that PyTorch's has been called with. */
function recordedCall(name: string): {
  readonly run: (...args: unknown[]) => unknown;
  readonly args: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
} {
  const run = new Map<string, unknown>(Object.entries(nn.functional)).get(name) as (...args: unknown[]) => unknown;
  const call = callOf(name);
  if (call === undefined) throw new Error(`no recorded case calls ${name}`);
  const args = call.args.map((arg) => (arg instanceof tf.Tensor ? arg : decoded(arg)));
  const options = Object.fromEntries(Object.entries(call.options).map(([key, value]) => [key, decoded(value)]));
  return { run, args, options };
}

function errorOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

beforeAll(async () => {
  await tf.setBackend("cpu");
});

describe("an option that a function does not have", () => {
  it.each(Object.keys(nn.functional))("is refused by F.%s, with what it takes", (name) => {
    using _scope = tensorScope();
    const { run, args, options } = recordedCall(name);
    run(...args, ...(Object.keys(options).length === 0 ? [] : [options]));
    const misspelt = { ...options, surelyNoOption: 1 };
    expect(() => run(...args, misspelt)).toThrow(MisconfigurationError);
    expect(() => run(...args, misspelt)).toThrow("surelyNoOption");
  });

  it.each(Object.keys(nn.functional))("and an argument behind the last one of F.%s is, too", (name) => {
    using _scope = tensorScope();
    const { run, args, options } = recordedCall(name);
    const isEmpty = Object.keys(options).length === 0;
    const nothing = Array.from({ length: 12 }, () => undefined);
    for (const more of [1, true, "sum", null, [1], tf.scalar(1), { surely: 1 }])
      expect(() => run(...args, ...(isEmpty ? [] : [options]), ...nothing, more)).toThrow(
        new RegExp(`${name} takes fewer arguments.*Received`),
      );
  });

  it.each(Object.keys(nn.functional))("F.%s says what is missing where its options are", (name) => {
    using _scope = tensorScope();
    const { run, args } = recordedCall(name);
    try {
      run(...args);
    } catch (error) {
      // Not "Cannot read properties of undefined".
      expect(error).not.toBeInstanceOf(TypeError);
    }
  });

  it.each(Object.keys(nn.functional))("F.%s names an argument that is no tensor", (name) => {
    using _scope = tensorScope();
    const { run, args, options } = recordedCall(name);
    // Lengths of sequences may be a list of numbers.
    const last = name === "ctcLoss" ? 2 : args.length;
    const places = [...args.keys()].filter((place) => place < last && args[place] instanceof tf.Tensor);
    expect(places.length).toBeGreaterThan(0);
    for (const place of places)
      for (const wrong of [[tf.ones([2]), tf.ones([2])], 3, null, tf.buffer([2])]) {
        const error = errorOf(() => run(...args.with(place, wrong), options));
        expect(error).toBeInstanceOf(ShapeError);
        expect(String(error)).toMatch(new RegExp(`${name}: .* (no tensor|an array of 2, not one tensor)`));
      }
  });

  it("is one that has a name in PyTorch, and may be a number by its place", () => {
    using _scope = tensorScope();
    const x = tf.tensor2d([[-1, 2]]);
    const F = nn.functional;
    expect(F.leakyRelu(x, { negativeSlope: 0.5 }).dataSync()).toEqual(F.leakyRelu(x, 0.5).dataSync());
    expect(F.softmax(x, { dim: 0 }).dataSync()).toEqual(Float32Array.of(1, 1));
    expect(F.oneHot(tf.tensor1d([1], "int32"), { numClasses: 3 }).shape).toEqual([1, 3]);
    expect([x, x].map(F.relu)).toHaveLength(2);
    expect(() => (F.relu as (x: tf.Tensor, inPlace: boolean) => tf.Tensor)(x, true)).toThrow(/PyTorch's inplace/);
    expect(() => [x, x].map(F.leakyRelu as (x: tf.Tensor) => tf.Tensor)).toThrow(/leakyRelu takes fewer arguments/);
  });
});
