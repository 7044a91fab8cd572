import { Metric, tf } from "@lightning-ts/core";

/** Adds numbers up, as torchmetrics' `SumMetric` does. */
class Sum extends Metric {
  readonly value = this.addState("value", { reduce: "sum" });

  override update(x: number): void {
    this.value.assign(tf.add(this.value, x));
  }
  override compute(): tf.Tensor {
    return this.value;
  }
}

class Max extends Metric {
  readonly value = this.addState("value", { reduce: "max", initial: Number.NEGATIVE_INFINITY });

  override update(x: number): void {
    this.value.assign(tf.maximum(this.value, x));
  }
  override compute(): tf.Tensor {
    return this.value;
  }
}

class Mean extends Metric {
  override readonly fullStateUpdate = false;
  readonly total = this.addState("total", { reduce: "sum" });
  readonly count = this.addState("count", { reduce: "sum" });

  override update(x: number): void {
    this.total.assign(tf.add(this.total, x));
    this.count.assign(tf.add(this.count, 1));
  }
  override compute(): tf.Tensor {
    return tf.div(this.total, this.count);
  }
}

/** All that it was given. */
class Cat extends Metric {
  readonly values = this.addListState("values");

  override update(x: number): void {
    this.values.push(tf.scalar(x));
  }
  override compute(): tf.Tensor {
    return this.values.concat() ?? tf.zeros([0]);
  }
}

/** Waits before it does what a sum does. */
class SlowSum extends Metric {
  readonly value = this.addState("value", { reduce: "sum" });

  override update(x: number): void {
    this.value.assign(tf.add(this.value, x));
  }
  override async compute(): Promise<tf.Tensor> {
    await Promise.resolve();
    return this.value;
  }
}

/** The metric objects of a golden model. @param waits whether one of them has an asynchronous `compute` */
export function goldenMetrics(waits: boolean) {
  return { sum: waits ? new SlowSum() : new Sum(), mean: new Mean(), max: new Max(), cat: new Cat() } as const;
}

export type GoldenMetrics = ReturnType<typeof goldenMetrics>;

/** One that no model has. */
export function metricOutside(): Sum {
  return new Sum();
}
