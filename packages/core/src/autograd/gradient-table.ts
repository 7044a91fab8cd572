import type { Tensor } from "@tensorflow/tfjs-core";
import type { ScopeRecord } from "../tensor/engine-internals/scope-stack.js";
import { tf } from "../tensor/tf.js";

/** The gradients that a walk has gathered, by tensor id; frees what is used up while it goes. */
export class GradientTable {
  readonly #gradients = new Map<number, Tensor>();
  /** How many entries hold a tensor: a gradient function may hand its input through, to several inputs. */
  readonly #holders = new Map<Tensor, number>();
  /** Tensors that were made during this walk, so that it may free them. */
  readonly #ours = new Set<Tensor>();
  readonly #scope: ScopeRecord | undefined;

  /** @param scope the open scope of the walk; without one nothing is freed */
  constructor(scope: ScopeRecord | undefined) {
    this.#scope = scope;
  }

  get(id: number): Tensor | undefined {
    return this.#gradients.get(id);
  }

  /** Adds to the gradient of a tensor. */
  add(id: number, gradient: Tensor): void {
    const known = this.#gradients.get(id);
    const sum = known === undefined ? gradient : tf.add(known, gradient);
    this.#gradients.set(id, sum);
    this.#holders.set(sum, (this.#holders.get(sum) ?? 0) + 1);
    if (known !== undefined) this.#release(known);
  }

  /** Where the next tensor of the walk will be noted. */
  mark(): number {
    return this.#scope?.track.length ?? 0;
  }

  /** Frees whatever was made since `mark` and holds no gradient. */
  freeSince(mark: number): void {
    const track = this.#scope?.track;
    if (track === undefined) return;
    let kept = mark;
    for (let i = mark; i < track.length; i += 1) {
      const tensor = track[i];
      if (tensor === undefined || tensor.isDisposed) continue;
      if (!this.#holders.has(tensor) && !tensor.kept) {
        tensor.dispose();
        continue;
      }
      this.#ours.add(tensor);
      track[kept] = tensor;
      kept += 1;
    }
    track.length = kept;
  }

  /** Forgets the gradient of a tensor that every use of it has been walked through. */
  drop(id: number): void {
    const gradient = this.#gradients.get(id);
    if (gradient === undefined || this.#scope === undefined) return;
    this.#gradients.delete(id);
    this.#release(gradient);
  }

  #release(gradient: Tensor): void {
    const count = (this.#holders.get(gradient) ?? 1) - 1;
    if (count > 0) {
      this.#holders.set(gradient, count);
      return;
    }
    this.#holders.delete(gradient);
    if (this.#ours.delete(gradient)) gradient.dispose();
  }
}
