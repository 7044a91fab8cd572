import { Metric, tf } from "@lightning-ts/core";
import { addTo } from "./add-to.js";
import { requireOneOf } from "./check-options.js";
import { rowsOf } from "./rows-of.js";

/** How the values of rows become one; "none" gives each of them. */
export type RowReduction = "mean" | "sum" | "none";

export function requireRowReduction(owner: string, reduction: RowReduction): void {
  requireOneOf(owner, "reduction", reduction, ["mean", "sum", "none"]);
}

/** @param values [rows] */
export function reducedRows(values: tf.Tensor, reduction: RowReduction): tf.Tensor {
  switch (reduction) {
    case "mean":
      return tf.mean(values);
    case "sum":
      return tf.sum(values);
    case "none":
      return values;
    default:
      return reduction satisfies never;
  }
}

/** Base of metrics that collect a value for each row. */
export abstract class CollectedRows extends Metric {
  override readonly fullStateUpdate = false;
  readonly reduction: RowReduction;
  readonly #name: string;
  readonly #total = this.addState("total", { reduce: "sum" });
  readonly #count = this.addState("count", { reduce: "sum" });
  readonly #values = this.addListState("values");

  constructor(name: string, reduction: RowReduction, options: object) {
    super(options);
    requireRowReduction(name, reduction);
    this.#name = name;
    this.reduction = reduction;
  }

  /** @param values [rows] */
  protected addRows(values: tf.Tensor): void {
    if (this.reduction === "none") return this.#values.push(values);
    addTo(this.#total, tf.sum(values));
    addTo(this.#count, values.size);
  }

  /** The sum or mean over all batches, or all values. */
  protected collected(): tf.Tensor {
    if (this.reduction === "none") return rowsOf(this.#name, this.#values);
    return this.reduction === "sum" ? tf.clone(this.#total) : tf.div(this.#total, this.#count);
  }
}

/** Base of metrics with a value for each row: their sum or mean over all batches, or all of them. */
export abstract class RowValues extends CollectedRows {
  override compute(): tf.Tensor {
    return this.collected();
  }
}
