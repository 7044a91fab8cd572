import type { Tensor } from "@tensorflow/tfjs-core";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { replaceForRollback, TensorPlace } from "../tensor/engine-internals/rollback-of-backend.js";
import { rememberForRollback } from "../tensor/rollback.js";

/** What an optimizer remembers of one parameter. Its tensors live outside of every scope. */
export class ParamState {
  /** Numbers by their PyTorch names, such as `step`; they go back with a failed step. */
  readonly numbers = new Map<string, number>();
  readonly #tensors = new Map<string, Tensor>();
  readonly #places = new Map<string, TensorPlace>();

  /** Updates so far; undefined where the optimizer does not count. */
  get step(): number | undefined {
    return this.numbers.get("step");
  }

  /** The tensors by their PyTorch names, such as `exp_avg`. */
  get tensors(): ReadonlyMap<string, Tensor> {
    return this.#tensors;
  }

  /** @throws MisconfigurationError when there is none with this name */
  tensor(name: string): Tensor {
    const tensor = this.#tensors.get(name);
    if (tensor === undefined)
      throw new MisconfigurationError({
        code: "LIT_OPTIMIZER_STATE",
        message: `The optimizer has no ${name} for a parameter.`,
        tryThis: "load a state of the same optimizer with the same options.",
      });
    return tensor;
  }

  /** Takes over a tensor and disposes the one that it replaces. */
  replace(name: string, tensor: Tensor): void {
    const old = this.#tensors.get(name);
    if (old === tensor) return;
    if (old === undefined) rememberForRollback({}, () => () => this.#drop(name));
    else replaceForRollback(this.#placeOf(name, old.shape), tensor, old);
    this.#put(name, tensor);
  }

  /** Each tensor goes back by itself. */
  #placeOf(name: string, shape: readonly number[]): TensorPlace {
    let place = this.#places.get(name);
    if (place === undefined)
      this.#places.set(name, (place = new TensorPlace(shape, (before) => this.#put(name, before))));
    return place;
  }

  #put(name: string, tensor: Tensor): void {
    const old = this.#tensors.get(name);
    tensor.kept = true;
    this.#tensors.set(name, tensor);
    old?.dispose();
  }

  #drop(name: string): void {
    this.#tensors.get(name)?.dispose();
    this.#tensors.delete(name);
  }

  dispose(): void {
    for (const tensor of this.#tensors.values()) tensor.dispose();
    this.#tensors.clear();
  }
}
