import { Metric, MisconfigurationError, tf } from "@lightning-ts/core";
import { requireSameShape } from "../base/check-shapes.js";
import { rowsOf } from "../base/rows-of.js";
import { contingencyOf, type Contingency } from "./contingency.js";

/** @throws MisconfigurationError unless both are lists of whole numbers, of one length */
export function requireLabels(metric: string, preds: tf.Tensor, target: tf.Tensor): void {
  requireSameShape(metric, preds, target);
  if (preds.rank === 1 && preds.dtype === "int32" && target.dtype === "int32") return;
  throw new MisconfigurationError({
    code: "LIT_METRIC_INPUT",
    message: `${metric} compares the clusters that two lists of labels make.`,
    expected: "int32 labels, [samples]",
    received: `predictions ${preds.dtype} [${preds.shape.join(", ")}] and targets ${target.dtype} [${target.shape.join(", ")}]`,
  });
}

/** What makes one comparison of labels different from another. */
export interface LabelScore {
  readonly name: string;
  readonly scoreOf: (contingency: Contingency) => number;
}

/** The value of labels that are all there, which are read from the device. */
export function labelScore({ name, scoreOf }: LabelScore, preds: tf.Tensor, target: tf.Tensor): tf.Tensor {
  requireLabels(name, preds, target);
  return tf.scalar(scoreOf(contingencyOf(preds.dataSync(), target.dataSync())));
}

/** Base of metrics that compare two lists of labels. They keep them until `compute`, which reads them. */
export abstract class LabelMetric extends Metric {
  override readonly fullStateUpdate = false;
  readonly #score: LabelScore;
  readonly #preds = this.addListState("preds");
  readonly #target = this.addListState("target");

  constructor(score: LabelScore, options: object) {
    super(options);
    this.#score = score;
  }

  /** @param preds and `target` are int32 [samples] */
  override update(preds: tf.Tensor, target: tf.Tensor): void {
    requireLabels(this.#score.name, preds, target);
    this.#preds.push(preds);
    this.#target.push(target);
  }

  override compute(): tf.Tensor {
    const { name } = this.#score;
    return labelScore(this.#score, rowsOf(name, this.#preds), rowsOf(name, this.#target));
  }
}
