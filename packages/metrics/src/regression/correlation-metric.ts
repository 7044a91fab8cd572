import { Metric, rejectUnknownOptions, tf } from "@lightning-ts/core";
import { asFloats } from "../base/as-floats.js";
import { requireInteger } from "../base/check-options.js";
import { warnOnce } from "../base/warn-once.js";
import { asColumns, columnsOf, requireColumns, squeezed } from "./columns.js";
import { VARIANCE_WARNING, type concordanceOf } from "./correlation.js";
import { mergeMoments, MOMENT_ROWS, momentsOf, unpackMoments } from "./moments.js";

export interface CorrCoefOptions {
  /** How many columns there are, each with a value of its own. @default 1 */
  readonly numOutputs?: number | undefined;
}

interface Form {
  readonly name: string;
  readonly valueOf: typeof concordanceOf;
}

/** The coefficient of rows that are all there. Reads whether there is variance, to warn. */
export function correlationOfRows({ name, valueOf }: Form, preds: tf.Tensor, target: tf.Tensor): tf.Tensor {
  requireColumns(name, preds, target, columnsOf(preds));
  const moments = momentsOf(asFloats2D(preds), asFloats2D(target));
  const { value, isKnown } = valueOf(unpackMoments(moments));
  warnUnless(isKnown);
  return squeezed(value);
}

/** Base of coefficients that follow from how predictions and targets vary together. */
export abstract class CorrelationMetric extends Metric {
  override readonly plotLowerBound: number | undefined = -1;
  override readonly plotUpperBound: number | undefined = 1;
  override readonly fullStateUpdate = false;
  readonly numOutputs: number;
  readonly #form: Form;
  readonly #moments;

  constructor(form: Form, options: CorrCoefOptions) {
    super(options);
    rejectUnknownOptions(form.name, options, ["numOutputs"]);
    this.numOutputs = options.numOutputs ?? 1;
    requireInteger(form.name, "numOutputs", this.numOutputs, 1);
    this.#form = form;
    this.#moments = this.addState("moments", { reduce: mergeMoments, shape: [MOMENT_ROWS, this.numOutputs] });
  }

  /** @param preds and `target` are [rows] or [rows, numOutputs] */
  override update(preds: tf.Tensor, target: tf.Tensor): void {
    requireColumns(this.#form.name, preds, target, this.numOutputs);
    const batch = momentsOf(asFloats2D(preds), asFloats2D(target));
    this.#moments.assign(mergeMoments(tf.stack([this.#moments, batch])));
  }

  override compute(): tf.Tensor {
    return squeezed(this.#form.valueOf(unpackMoments(this.#moments)).value);
  }

  protected override verify(): void {
    warnUnless(this.#form.valueOf(unpackMoments(this.#moments)).isKnown);
  }
}

function asFloats2D(x: tf.Tensor): tf.Tensor2D {
  return asColumns(asFloats(x));
}

function warnUnless(isKnown: tf.Tensor): void {
  if (isKnown.dataSync().some((known) => !known)) warnOnce(VARIANCE_WARNING);
}
