import { isLayersModel, type LayersModelLike } from "./layers-model.js";
import type { Module } from "./module.js";

let wrap: ((model: LayersModelLike) => Module) | undefined;

/** Sets how a `tf.LayersModel` becomes a module (the wrapper extends `Module`, which therefore cannot import it). */
export function setLayersModelWrapper(wrapper: (model: LayersModelLike) => Module): void {
  wrap = wrapper;
}

/** A field's value as a child module, when it is a `tf.LayersModel`. */
export function asChildModule(value: object): Module | undefined {
  return isLayersModel(value) ? wrap?.(value) : undefined;
}
