import { Metric, rejectUnknownOptions, type tf } from "@lightning-ts/core";
import { requireInteger } from "../base/check-options.js";
import { rowsOf } from "../base/rows-of.js";
import { asColumns, requireColumns } from "./columns.js";

export interface SamplePairsOptions {
  /** How many columns there are, each with a value of its own. @default 1 */
  readonly numOutputs?: number | undefined;
}

/** Base of metrics that look at the order of all rows together, and keep them until then. */
export abstract class SamplePairs extends Metric {
  override readonly fullStateUpdate = false;
  readonly numOutputs: number;
  readonly #name: string;
  readonly #preds = this.addListState("preds");
  readonly #target = this.addListState("target");

  constructor(name: string, options: SamplePairsOptions, known: readonly string[]) {
    super(options);
    rejectUnknownOptions(name, options, known);
    this.#name = name;
    this.numOutputs = options.numOutputs ?? 1;
    requireInteger(name, "numOutputs", this.numOutputs, 1);
  }

  /** @param preds and `target` are [rows] or [rows, numOutputs] */
  override update(preds: tf.Tensor, target: tf.Tensor): void {
    requireColumns(this.#name, preds, target, this.numOutputs);
    this.#preds.push(asColumns(preds));
    this.#target.push(asColumns(target));
  }

  /** The columns of all rows, read from the device. */
  protected pairs(): ColumnPair[] {
    return columnPairs(rowsOf(this.#name, this.#preds), rowsOf(this.#name, this.#target));
  }
}

/** One column of predictions and of targets, on the host. */
export interface ColumnPair {
  readonly preds: Float64Array;
  readonly target: Float64Array;
}

/** Reads both from the device. @param preds and `target` are [rows, columns] */
export function columnPairs(preds: tf.Tensor, target: tf.Tensor): ColumnPair[] {
  const [predsColumns, targetColumns] = [columnsOnHost(preds), columnsOnHost(target)];
  return predsColumns.map((column, i) => ({ preds: column, target: targetColumns[i] ?? column }));
}

function columnsOnHost(x: tf.Tensor): Float64Array[] {
  const [rows = 0, columns = 1] = x.shape;
  const values = x.dataSync();
  return Array.from({ length: columns }, (_, column) =>
    Float64Array.from({ length: rows }, (__, row) => values[row * columns + column] ?? Number.NaN),
  );
}
