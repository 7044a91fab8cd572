import type { Variable } from "@tensorflow/tfjs-core";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { tf } from "../tensor/tf.js";

/** Variables whose shapes are not known yet, with what they are of which layer. */
const unknownShapes = new WeakMap<object, string>();

/** What follows from the shape. */
const FIELDS = ["shape", "size", "strides", "rankType"] as const;

/**
 * Whether a parameter or buffer has neither shape nor values yet: the layer that holds it is lazy, and takes them from
 * its first input.
 */
export function isLazy(tensor: object): boolean {
  return unknownShapes.has(tensor);
}

/** Throws for a variable without a shape. @throws MisconfigurationError */
export function refuseLazy(variable: object): void {
  const what = unknownShapes.get(variable);
  if (what === undefined) return;
  throw new MisconfigurationError({
    message: `The ${what} has no shape and no values yet.`,
    expected: "a layer that has seen an input, or whose state dict was loaded",
    received: "a lazy layer before its first call",
    tryThis: "run the model on one batch first: model.forward(x). nn.isLazy(parameter) tells.",
  });
}

/**
 * Forgets a variable's shape: whoever asks for it is told that it comes later.
 * @param what for messages: `weight of LazyLinear`
 */
export function forgetShape(variable: Variable, what: string): void {
  unknownShapes.set(variable, what);
  const get = (): never => {
    refuseLazy(variable);
    throw new Error("unreachable: the variable has a shape of its own by now");
  };
  for (const name of FIELDS) Object.defineProperty(variable, name, { get, configurable: true, enumerable: true });
}

/** Gives a variable a shape, in place: whoever holds it, such as an optimizer, sees it. */
export function setShape(variable: Variable, shape: readonly number[]): void {
  unknownShapes.delete(variable);
  const values = {
    shape: [...shape],
    size: tf.util.sizeFromShape([...shape]),
    strides: tf.util.computeStrides([...shape]),
    rankType: shape.length < 5 ? String(shape.length) : "higher",
  };
  for (const name of FIELDS)
    Object.defineProperty(variable, name, {
      value: values[name],
      configurable: true,
      enumerable: true,
      writable: true,
    });
}
