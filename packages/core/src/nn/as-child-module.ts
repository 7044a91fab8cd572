import { isLayersModel, type LayersModelLike } from "./layers-model.js";

let wrap: ((model: LayersModelLike) => object) | undefined;

/** Sets how a `tf.LayersModel` becomes a module (the wrapper extends `Module`, which therefore cannot import it). */
export function setLayersModelWrapper(wrapper: (model: LayersModelLike) => object): void {
  wrap = wrapper;
}

/** A field's value as a child module, when it is a `tf.LayersModel`. */
export function asChildModule(value: object): object | undefined {
  return isLayersModel(value) ? wrap?.(value) : undefined;
}
