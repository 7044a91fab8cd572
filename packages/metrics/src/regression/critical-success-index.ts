import { Metric, MisconfigurationError, rejectUnknownOptions, tf } from "@lightning-ts/core";
import { addTo } from "../base/add-to.js";
import { requireInteger } from "../base/check-options.js";
import { requireSameShape } from "../base/check-shapes.js";
import { rowsOf } from "../base/rows-of.js";
import { partsOf } from "../base/parts-of.js";

export interface CriticalSuccessIndexOptions {
  /** From which value on something counts as an event. */
  readonly threshold: number;
  /** The dimension of which each element has a value of its own. @default undefined, one value for all */
  readonly keepSequenceDim?: number | undefined;
}

const NAME = "CriticalSuccessIndex";

function resolved(owner: string, options: CriticalSuccessIndexOptions): CriticalSuccessIndexOptions {
  rejectUnknownOptions(owner, options, ["threshold", "keepSequenceDim"]);
  if (options.keepSequenceDim !== undefined) requireInteger(owner, "keepSequenceDim", options.keepSequenceDim, 0);
  return options;
}

/** Hits, and all events that were foreseen or came, [..., 2]. */
function countsOf(preds: tf.Tensor, target: tf.Tensor, options: CriticalSuccessIndexOptions): tf.Tensor {
  requireSameShape(NAME, preds, target);
  const { threshold, keepSequenceDim } = options;
  if (keepSequenceDim !== undefined && keepSequenceDim >= preds.rank) {
    throw new MisconfigurationError({
      code: "LIT_METRIC_INPUT",
      message: `${NAME} keeps a dimension that there is not.`,
      expected: `at least ${keepSequenceDim + 1} dimensions`,
      received: `shape [${preds.shape.join(", ")}]`,
    });
  }
  const [foreseen, came] = [tf.greaterEqual(preds, threshold), tf.greaterEqual(target, threshold)];
  const axes = preds.shape.map((_, axis) => axis).filter((axis) => axis !== keepSequenceDim);
  const count = (where: tf.Tensor): tf.Tensor => tf.sum(tf.cast(where, "float32"), axes);
  return tf.stack([count(tf.logicalAnd(foreseen, came)), count(tf.logicalOr(foreseen, came))], -1);
}

function indexOf(counts: tf.Tensor): tf.Tensor {
  const part = partsOf(counts, -1);
  const [hits, events] = [part(0), part(1)];
  return tf.divNoNan(hits, events);
}

/**
 * The share of events, foreseen or not, that were foreseen and came: hits / (hits + misses + false alarms). 0 where
 * there are none.
 * @param preds any shape
 * @param target the same shape
 * @returns a scalar, or the length of the kept dimension
 */
export function criticalSuccessIndex(
  preds: tf.Tensor,
  target: tf.Tensor,
  options: CriticalSuccessIndexOptions,
): tf.Tensor {
  return indexOf(countsOf(preds, target, resolved("criticalSuccessIndex", options)));
}

/**
 * The share of events over all batches, foreseen or not, that were foreseen and came: hits / (hits + misses + false
 * alarms). 0 where there are none. With `keepSequenceDim` the values of batches are one after another.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { CriticalSuccessIndex } from "@lightning-ts/metrics";
 *
 * const index = new CriticalSuccessIndex({ threshold: 0.5 });
 * index.update(tf.tensor1d([0.2, 0.7, 0.9]), tf.tensor1d([0.4, 0.2, 0.8]));
 * console.log(index.compute().dataSync()[0]); // 0.5
 * ```
 */
export class CriticalSuccessIndex extends Metric {
  override readonly higherIsBetter = true;
  override readonly fullStateUpdate = false;
  readonly #options: CriticalSuccessIndexOptions;
  readonly #counts = this.addState("counts", { reduce: "sum", shape: [2] });
  readonly #sequences = this.addListState("sequences");

  constructor(options: CriticalSuccessIndexOptions) {
    super(options);
    this.#options = resolved(NAME, options);
  }

  /** @param preds and `target` are of one shape */
  override update(preds: tf.Tensor, target: tf.Tensor): void {
    const counts = countsOf(preds, target, this.#options);
    if (this.#options.keepSequenceDim === undefined) addTo(this.#counts, counts);
    else this.#sequences.push(counts);
  }

  override compute(): tf.Tensor {
    const { keepSequenceDim } = this.#options;
    return indexOf(keepSequenceDim === undefined ? this.#counts : rowsOf(NAME, this.#sequences));
  }
}
