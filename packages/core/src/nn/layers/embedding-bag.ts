import { refuseMore } from "../../errors/refuse-more.js";
import type { Parameter } from "../../autograd/parameter.js";
import { checkOptions } from "../check-options.js";
import type { tf } from "../../tensor/tf.js";
import { BAG_OPTIONS, embeddingBag, type EmbeddingBagOptions } from "../functional/embedding-bag.js";
import { paddingRow } from "../functional/embedding.js";
import { refuseSparse } from "../functional/embedding-rows.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { pyFloat } from "../python-text.js";
import { checkCount } from "../size.js";
import { normalTable, tableSizes, withTable } from "./embedding.js";

export type EmbeddingBagLayerOptions = Omit<EmbeddingBagOptions, "offsets" | "perSampleWeights">;

/**
 * Sums, means or maxima of rows of a table, one for each bag of indices.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.EmbeddingBag(100, 16, { mode: "sum" });
 * const words = tf.tensor1d([1, 5, 7, 2, 9], "int32");
 * console.log(layer.forward(words, tf.tensor1d([0, 3], "int32")).shape); // [2, 16]: three words, then two
 * ```
 */
export class EmbeddingBag extends Module {
  /** [numEmbeddings, embeddingDim] */
  weight: Parameter;
  readonly paddingIdx: number | undefined;
  readonly options: EmbeddingBagLayerOptions;

  constructor(
    readonly numEmbeddings: number,
    readonly embeddingDim: number,
    options: EmbeddingBagLayerOptions = {},
    ...more: readonly never[]
  ) {
    super();
    checkCount(numEmbeddings, "numEmbeddings");
    checkCount(embeddingDim, "embeddingDim");
    checkOptions("nn.EmbeddingBag", options, BAG_OPTIONS);
    refuseMore("nn.EmbeddingBag", more);
    refuseSparse("nn.EmbeddingBag", options);
    this.paddingIdx = paddingRow(options.paddingIdx, numEmbeddings);
    this.options = { ...options, paddingIdx: this.paddingIdx };
    this.weight = normalTable(numEmbeddings, embeddingDim, this.paddingIdx);
  }

  /** A layer with a table [rows, width] that is there already; its values are copied, and read at once. */
  static fromPretrained(
    table: tf.Tensor,
    options: EmbeddingBagLayerOptions & { readonly freeze?: boolean | undefined } = {},
    ...more: readonly never[]
  ): EmbeddingBag {
    checkOptions("nn.EmbeddingBag.fromPretrained", options, [...BAG_OPTIONS, "freeze"]);
    refuseMore("nn.EmbeddingBag.fromPretrained", more);
    const { freeze = true, ...rest } = options;
    const [rows, width] = tableSizes("EmbeddingBag", table);
    return withTable(new EmbeddingBag(rows, width, rest), table, freeze);
  }

  /** indices [bags, length], or [count] with offsets [bags] (int32) -> [bags, embeddingDim] */
  override forward(indices: tf.Tensor, offsets?: tf.Tensor, perSampleWeights?: tf.Tensor): tf.Tensor {
    const given = { ...this.options, offsets, perSampleWeights };
    return inLayer(this, indices, () => embeddingBag(indices, this.weight, given));
  }

  override extraRepr(): string {
    const { maxNorm, normType = 2, scaleGradByFreq = false, mode = "mean" } = this.options;
    return [
      `${this.numEmbeddings}, ${this.embeddingDim}`,
      ...(maxNorm === undefined ? [] : [`max_norm=${pyFloat(maxNorm)}`]),
      ...(normType === 2 ? [] : [`norm_type=${pyFloat(normType)}`]),
      ...(scaleGradByFreq ? ["scale_grad_by_freq=True"] : []),
      `mode='${mode}'`,
      ...(this.paddingIdx === undefined ? [] : [`padding_idx=${this.paddingIdx}`]),
    ].join(", ");
  }
}
