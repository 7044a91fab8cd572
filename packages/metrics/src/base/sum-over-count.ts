import { Metric, tf } from "@lightning-ts/core";
import { addTo } from "./add-to.js";

/** Base of metrics that are a sum over all batches, divided by a count over all batches. */
export abstract class SumOverCount extends Metric {
  override readonly fullStateUpdate = false;
  protected readonly sum;
  protected readonly count = this.addState("count", { reduce: "sum" });

  /** @param options what a clone is made with @param shape of the sum */
  constructor(options: object, shape: readonly number[] = []) {
    super(options);
    this.sum = this.addState("sum", { reduce: "sum", shape });
  }

  protected add(sum: tf.Tensor | number, count: tf.Tensor | number): void {
    addTo(this.sum, sum);
    addTo(this.count, count);
  }

  override compute(): tf.Tensor {
    return tf.div(this.sum, this.count);
  }
}
