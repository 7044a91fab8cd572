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

describe("an option that a distribution does not have", () => {
  it.each(CLASSES)("is refused by %s, with what it takes", (name, Class) => {
    const fitting = ARGUMENTS.map((create) => create()).filter(
      (args) => args.length <= Math.max(Class.length, 1) + 1 && built(Class, args),
    );
    expect(fitting, "arguments that it can be built with: add some to the list").not.toEqual([]);
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
