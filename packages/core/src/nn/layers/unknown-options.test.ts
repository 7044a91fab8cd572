import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { tf } from "../../tensor/tf.js";
import * as nn from "../index.js";

type AnyLayer = new (...args: unknown[]) => nn.Module;

/** Arguments that one layer or another can be built with. */
const ARGUMENTS: readonly (readonly unknown[])[] = [
  [],
  [2],
  [4, 2],
  [2, 4],
  [4, 2, 2],
  [1, [2, 2]],
  [32, 16, [3, 6]],
  [2, { outputSize: 2 }],
  [{ scaleFactor: 2 }],
];

/** Containers, whose arguments are modules and parameters, and the layer that takes any argument, in PyTorch too. */
const CONTAINERS = ["ModuleDict", "ModuleList", "ParameterDict", "ParameterList", "Sequential", "LayersModelModule"];
const OTHERS = [...CONTAINERS, "Identity"];

/** Every class of `nn` that is a module, whatever is added. */
const LAYERS = Object.entries(nn).flatMap(([name, value]): [string, AnyLayer][] =>
  typeof value === "function" && value.prototype instanceof nn.Module && !OTHERS.includes(name)
    ? [[name, value as unknown as AnyLayer]]
    : [],
);

function built(Layer: AnyLayer, args: readonly unknown[]): nn.Module | undefined {
  try {
    return new Layer(...args);
  } catch {
    return undefined;
  }
}

/** The arguments with an option that nobody has. */
function misspelt(args: readonly unknown[]): unknown[] {
  const last = args.at(-1);
  const hasOptions = typeof last === "object" && last !== null && !Array.isArray(last);
  return hasOptions ? [...args.slice(0, -1), { ...last, surelyNoOption: 1 }] : [...args, { surelyNoOption: 1 }];
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

describe("an option that a layer does not have", () => {
  // An encoder takes a layer, and a transformer's width and heads have defaults.
  const special = new Map<string, () => unknown[]>([
    ["TransformerEncoder", () => [new nn.TransformerEncoderLayer(4, 2), 1]],
    ["Transformer", () => [4, 2]],
    ["TransformerDecoder", () => [new nn.TransformerDecoderLayer(4, 2), 1]],
  ]);

  it.each(LAYERS)("is refused by nn.%s, with what it takes", (name, Layer) => {
    const own = special.get(name)?.();
    const fitting = (own === undefined ? ARGUMENTS : [own]).filter(
      (args) => (own !== undefined || args.length <= Math.max(Layer.length, 1)) && built(Layer, args) !== undefined,
    );
    expect(fitting, "arguments that the layer can be built with: add some to the list").not.toEqual([]);
    const errors = fitting.map((args) => errorOf(() => new Layer(...misspelt(args))));
    errors.forEach((error, i) => {
      expect(error, `with ${JSON.stringify(fitting[i])} before it`).toBeInstanceOf(MisconfigurationError);
    });
    const texts = errors.map(String);
    expect(
      texts.some((text) => text.includes(`nn.${name} `) && text.includes("surelyNoOption")),
      texts.join("\n"),
    ).toBe(true);
  });
});
