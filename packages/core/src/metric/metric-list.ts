import type { Tensor } from "@tensorflow/tfjs-core";
import { detach } from "../tensor/detach.js";
import { keep } from "../tensor/keep.js";
import { noGrad } from "../tensor/recording.js";
import { tf } from "../tensor/tf.js";

/**
 * A state that grows with each batch: the tensors themselves, to be looked at together by `compute`.
 * @example
 * ```ts
 * import { Metric, tf } from "@lightning-ts/core";
 *
 * class Median extends Metric {
 *   readonly values = this.addListState("values");
 *
 *   override update(values: tf.Tensor1D) {
 *     this.values.push(values);
 *   }
 *   override compute() {
 *     const all = this.values.concat() ?? tf.tensor1d([]);
 *     return tf.gather(tf.reverse(tf.topk(all, all.size).values, 0), Math.floor(all.size / 2));
 *   }
 * }
 * const median = new Median();
 * median.update(tf.tensor1d([5, 1]));
 * median.update(tf.tensor1d([3]));
 * console.log(median.compute().dataSync()[0]); // 3
 * ```
 */
export class MetricList {
  #tensors: Tensor[] = [];

  /** Adds a tensor of a batch; scalars count as one row. It may be disposed afterwards. */
  push(tensor: Tensor): void {
    this.#tensors.push(keep(detach(tensor.rank === 0 ? tf.reshape(tensor, [1]) : tensor)));
  }

  get isEmpty(): boolean {
    return this.#tensors.length === 0;
  }

  /** All rows in one tensor, in the order in which they came; undefined while there are none. */
  concat(): Tensor | undefined {
    this.#join();
    return this.#tensors[0];
  }

  /** For the metric: hands the tensors over, and is empty then. */
  take(): Tensor[] {
    const tensors = this.#tensors;
    this.#tensors = [];
    return tensors;
  }

  /** For the metric: takes tensors in the place of its own, which are freed. */
  put(tensors: readonly Tensor[]): void {
    const kept = new Set(tensors);
    for (const tensor of this.#tensors) if (!kept.has(tensor)) tensor.dispose();
    this.#tensors = [...tensors];
  }

  /** For the metric: what it holds now, for `put` to go back to. */
  peek(): readonly Tensor[] {
    return [...this.#tensors];
  }

  #join(): void {
    const [first] = this.#tensors;
    if (first === undefined || this.#tensors.length === 1) return;
    const joined = keep(noGrad(() => tf.concat(this.#tensors, 0)));
    this.put([joined]);
  }
}
