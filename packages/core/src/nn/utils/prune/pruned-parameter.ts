import { Buffer, Parameter } from "../../../autograd/parameter.js";
import { MisconfigurationError } from "../../../errors/misconfiguration-error.js";
import { tf } from "../../../tensor/tf.js";
import type { Module } from "../../module.js";
import type { HostValues } from "./masks.js";

/** A parameter of a module, pruned before or not. */
export interface Prunable extends HostValues {
  readonly mask: Float32Array;
}

/** @throws MisconfigurationError when the module has no parameter in a field of that name */
export function readPrunable(owner: string, module: Module, name: string): Prunable {
  const original: unknown = Reflect.get(module, isPrunedField(module, name) ? `${name}_orig` : name);
  if (!(original instanceof Parameter) || Object.getOwnPropertyDescriptor(module, name) === undefined)
    throw new MisconfigurationError({
      message: `${owner}: ${module.constructor.name} has no parameter in a field "${name}".`,
      expected: "the module that holds the parameter, and the field's name",
      received: module
        .namedParameters()
        .map(([known]) => known)
        .join(", "),
    });
  const mask: unknown = Reflect.get(module, `${name}_mask`);
  return {
    values: Float32Array.from(original.dataSync()),
    shape: original.shape,
    mask: mask instanceof Buffer ? Float32Array.from(mask.dataSync()) : new Float32Array(original.size).fill(1),
  };
}

/**
 * Puts a mask on a parameter. `module.weight` then is the product of `weight_orig`, the parameter itself, which
 * optimizers go on to update, and `weight_mask`.
 */
export function putMask(module: Module, name: string, mask: Float32Array): void {
  const known: unknown = Reflect.get(module, `${name}_mask`);
  if (known instanceof Buffer) {
    known.setData(mask);
    return;
  }
  const original: unknown = Reflect.get(module, name);
  if (!(original instanceof Parameter)) return;
  const buffer = Buffer.fromData(mask, original.shape);
  defineField(module, `${name}_orig`, original);
  defineField(module, `${name}_mask`, buffer);
  Object.defineProperty(module, name, { get: () => tf.mul(original, buffer), enumerable: false, configurable: true });
}

/** Makes the pruning permanent: the parameter has zeros, and its own name again. */
export function unmask(module: Module, name: string): void {
  const original: unknown = Reflect.get(module, `${name}_orig`);
  const mask: unknown = Reflect.get(module, `${name}_mask`);
  if (!(original instanceof Parameter) || !(mask instanceof Buffer)) {
    throw new MisconfigurationError({
      message: `"${name}" of ${module.constructor.name} is not pruned.`,
      tryThis: "prune.isPruned(module) tells.",
    });
  }
  const masks = mask.dataSync();
  original.setData(Float32Array.from(original.dataSync(), (value, i) => value * (masks[i] ?? 1)));
  for (const field of [name, `${name}_orig`, `${name}_mask`]) Reflect.deleteProperty(module, field);
  mask.dispose();
  defineField(module, name, original);
}

/** Whether a module, or one below it, has a pruned parameter. */
export function isPruned(module: Module): boolean {
  return module
    .modules()
    .some((one) => Object.keys(one).some((key) => key.endsWith("_orig") && isPrunedField(one, key.slice(0, -5))));
}

function isPrunedField(module: Module, name: string): boolean {
  const original: unknown = Reflect.get(module, `${name}_orig`);
  const mask: unknown = Reflect.get(module, `${name}_mask`);
  return original instanceof Parameter && mask instanceof Buffer;
}

function defineField(module: Module, name: string, value: Parameter | Buffer): void {
  Object.defineProperty(module, name, { value, enumerable: true, configurable: true, writable: true });
}
