import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { LightningError } from "../errors/lightning-error.js";
import { tf } from "../tensor/tf.js";
import * as distributions from "./namespace.js";

type AnyClass = new (...args: unknown[]) => unknown;

/** Arguments that one distribution or another can be built with. */
const ARGUMENTS: readonly (() => unknown[])[] = [
  () => [{ probs: tf.tensor1d([0.5, 0.5]) }],
  () => [2],
  () => [1, 2],
  () => [tf.tensor1d([1, 2])],
  () => [tf.zeros([2]), { scaleTril: tf.eye(2) }],
  () => [new distributions.Normal(tf.zeros([2]), 1), 1],
  () => [new distributions.Normal(0, 1), new distributions.TanhTransform()],
];

/** Every distribution that is exported, whatever is added. */
const CLASSES = Object.entries(distributions).flatMap(([name, value]): [string, AnyClass][] =>
  typeof value === "function" && value.prototype instanceof distributions.Distribution
    ? [[name, value as unknown as AnyClass]]
    : [],
);

function built(Class: AnyClass, args: readonly unknown[]): boolean {
  try {
    void new Class(...args);
    return true;
  } catch {
    return false;
  }
}

function misspelt(args: readonly unknown[]): unknown[] {
  const last = args.at(-1);
  const hasOptions = typeof last === "object" && last !== null && Object.getPrototypeOf(last) === Object.prototype;
  return hasOptions ? [...args.slice(0, -1), { ...last, surelyNoOption: 1 }] : [...args, { surelyNoOption: 1 }];
}

beforeAll(async () => {
  await tf.setBackend("cpu");
});

/** Arguments that a distribution can be built with. */
function fittingArguments(Class: AnyClass): readonly (readonly unknown[])[] {
  const fitting = ARGUMENTS.map((create) => create()).filter(
    (args) => args.length <= Math.max(Class.length, 1) + 1 && built(Class, args),
  );
  expect(fitting, "arguments that it can be built with: add some to the list").not.toEqual([]);
  return fitting;
}

describe("an option that a distribution does not have", () => {
  it.each(CLASSES)("is refused by %s, with what it takes", (name, Class) => {
    const fitting = fittingArguments(Class);
    const errors = fitting.map((args) => {
      try {
        return new Class(...misspelt(args));
      } catch (error) {
        return error;
      }
    });
    for (const error of errors) expect(error).toBeInstanceOf(LightningError);
    expect(errors.map(String).join("\n")).toMatch(new RegExp(`${name} has no option "surelyNoOption".*validateArgs`));
  });

  it.each(CLASSES)("or a name where %s takes a number or a tensor, is refused too", (_, Class) => {
    expect(() => new Class({ surelyNoParameter: 1 }, { surelyNoParameter: 2 })).toThrow(LightningError);
  });
});

describe("an argument behind the last one", () => {
  it.each(CLASSES)("is refused by %s", (name, Class) => {
    const nothing = Array.from({ length: 8 }, () => undefined);
    for (const args of fittingArguments(Class))
      expect(() => new Class(...args, ...nothing, 1)).toThrow(new RegExp(`${name} takes fewer arguments`));
  });

  const normal = new distributions.Normal(0, 1);
  const others = new Map<string, readonly unknown[]>([
    ["klDivergence", [normal, normal]],
    ["setDefaultValidateArgs", [true]],
    ["AffineTransform", [0, 1]],
    ["TanhTransform", []],
  ]);
  const rest = Object.entries(distributions).filter(
    ([name]) => name !== "Distribution" && !CLASSES.some(([known]) => known === name),
  );

  it.each(rest)("is refused by %s, too", (name, value) => {
    const args = others.get(name);
    if (args === undefined) throw new Error(`say what ${name} is called with`);
    const run = (more: readonly unknown[]): unknown =>
      /^[A-Z]/.test(name)
        ? Reflect.construct(value, [...args, ...more])
        : Reflect.apply(value, undefined, [...args, ...more]);
    run([]);
    expect(() => run([undefined, 1])).toThrow(new RegExp(`${name} takes fewer arguments`));
  });
});

it("a number of samples is a list, as shapes are", () => {
  const one = new distributions.Normal(0, 1);
  for (const draw of [(shape: never) => one.sample(shape), (shape: never) => one.rsample(shape)])
    expect(() => draw(3 as never)).toThrow(/Normal cannot be sampled.*sample\(\[100\]\).*Received 3/);
});
