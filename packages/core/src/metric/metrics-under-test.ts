import type { Tensor } from "@tensorflow/tfjs-core";
import { tf } from "../tensor/tf.js";
import { Metric } from "./metric.js";

/** A mean with weights of its rows, of which every kind of state is a part. */
export class EveryState extends Metric {
  readonly sum = this.addState("sum", { reduce: "sum" });
  readonly rows = this.addState("rows", { reduce: "sum", dtype: "int32" });
  readonly least = this.addState("least", { reduce: "min", initial: Number.POSITIVE_INFINITY });
  readonly most = this.addState("most", { reduce: "max", shape: [2], initial: Number.NEGATIVE_INFINITY });
  readonly average = this.addState("average", { reduce: "mean" });
  readonly all = this.addListState("all");

  constructor(override readonly fullStateUpdate: boolean = true) {
    super();
  }

  override update(x: Tensor): void {
    this.sum.assign(tf.add(this.sum, tf.sum(x)));
    this.rows.assign(tf.add(this.rows, tf.scalar(x.size, "int32")));
    this.least.assign(tf.minimum(this.least, tf.min(x)));
    const both = tf.stack([tf.max(x), tf.neg(tf.min(x))]);
    this.most.assign(tf.maximum(this.most, both));
    if (this.fullStateUpdate) {
      const n = this.updateCount;
      const count = this.rows.dataSync()[0] === x.size ? 1 : n;
      this.average.assign(tf.div(tf.add(tf.mul(this.average, count - 1), tf.mean(x)), count));
    } else this.average.assign(tf.mean(x));
    this.all.push(x);
  }

  override compute() {
    return {
      mean: tf.div(this.sum, this.rows),
      least: this.least,
      most: this.most,
      average: this.average,
      all: this.all.concat() ?? tf.tensor1d([]),
    };
  }
}

/** Counts what it is given; waits in `update` and `compute`. */
export class Slow extends Metric {
  readonly sum = this.addState("sum", { reduce: "sum" });

  override async update(x: Tensor, fails = false): Promise<void> {
    const part = tf.sum(x);
    await Promise.resolve();
    if (fails) throw new Error("as asked");
    this.sum.assign(tf.add(this.sum, part));
  }
  override async compute(): Promise<tf.Tensor> {
    await Promise.resolve();
    return tf.mul(this.sum, 2);
  }
}

/** A product, whose states become one by a function. */
export class Product extends Metric {
  readonly product = this.addState("product", { reduce: (states) => tf.prod(states, 0), initial: 1, shape: [2] });

  constructor(override readonly fullStateUpdate: boolean = true) {
    super();
  }

  override update(x: Tensor): void {
    this.product.assign(tf.mul(this.product, x));
  }
  override compute(): tf.Tensor {
    return this.product;
  }
}

/** A plain sum. */
export class Total extends Metric {
  override readonly fullStateUpdate = false;
  readonly sum = this.addState("sum", { reduce: "sum" });

  override update(x: Tensor): void {
    this.sum.assign(tf.add(this.sum, tf.sum(x)));
  }
  override compute(): tf.Tensor {
    return this.sum;
  }
}
