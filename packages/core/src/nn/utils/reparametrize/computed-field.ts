import { type Buffer, Parameter } from "../../../autograd/parameter.js";
import { MisconfigurationError } from "../../../errors/misconfiguration-error.js";
import type { tf } from "../../../tensor/tf.js";
import type { Module } from "../../module.js";

/** A field of a module, as it is found by name. */
export function defineField(module: Module, name: string, value: Parameter | Buffer | Module): void {
  Object.defineProperty(module, name, { value, enumerable: true, configurable: true, writable: true });
}

/** Lets a module compute a field whenever it is read. It is then no parameter of the module. */
export function computeField(module: Module, name: string, compute: () => tf.Tensor): void {
  Object.defineProperty(module, name, { get: compute, enumerable: false, configurable: true });
}

/** Puts a parameter with these values in the place of a computed field. */
export function restoreField(module: Module, name: string, value: tf.Tensor): void {
  defineField(module, name, Parameter.fromData(Float32Array.from(value.dataSync()), value.shape));
}

/** @throws MisconfigurationError when the module has no parameter in a field of that name */
export function parameterOf(owner: string, module: Module, name: string): Parameter {
  const field = Object.getOwnPropertyDescriptor(module, name);
  const value: unknown = field?.value;
  if (value instanceof Parameter) return value;
  throw new MisconfigurationError({
    message: `${owner}: ${module.constructor.name} has no parameter in a field "${name}".`,
    expected: "the module that holds the parameter, and the field's name",
    received: module
      .namedParameters()
      .map(([known]) => known)
      .join(", "),
    tryThis: field?.get === undefined ? undefined : "it is computed already: remove what computes it first.",
  });
}
