import { refuseMore } from "../../errors/refuse-more.js";
import { Parameter } from "../../autograd/parameter.js";
import { checkOptions } from "../check-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { RandomStream } from "../../random/random-stream.js";
import type { tf } from "../../tensor/tf.js";
import { EMBEDDING_OPTIONS, embedding, paddingRow, type EmbeddingRowOptions } from "../functional/embedding.js";
import { refuseSparse } from "../functional/embedding-rows.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { pyFloat } from "../python-text.js";
import { checkCount } from "../size.js";

export interface EmbeddingOptions extends EmbeddingRowOptions {
  /** This row begins as zeros and gets no gradient; negative numbers count from the end. */
  readonly paddingIdx?: number | undefined;
}

export interface FromPretrainedOptions extends EmbeddingRowOptions {
  /** Whether the table stays as it is. @default true */
  readonly freeze?: boolean | undefined;
}

/**
 * A table of vectors, drawn from the normal distribution.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.Embedding(100, 16);
 * console.log(layer.forward(tf.tensor2d([[1, 5, 7]], undefined, "int32")).shape); // [1, 3, 16]
 * ```
 */
export class Embedding extends Module {
  /** [numEmbeddings, embeddingDim] */
  weight: Parameter;
  readonly paddingIdx: number | undefined;
  readonly options: EmbeddingRowOptions;

  constructor(
    readonly numEmbeddings: number,
    readonly embeddingDim: number,
    options: EmbeddingOptions = {},
    ...more: readonly never[]
  ) {
    super();
    checkCount(numEmbeddings, "numEmbeddings");
    checkCount(embeddingDim, "embeddingDim");
    checkOptions("nn.Embedding", options, EMBEDDING_OPTIONS);
    refuseMore("nn.Embedding", more);
    refuseSparse("nn.Embedding", options);
    this.paddingIdx = paddingRow(options.paddingIdx, numEmbeddings);
    this.options = { ...options, paddingIdx: this.paddingIdx };
    this.weight = normalTable(numEmbeddings, embeddingDim, this.paddingIdx);
  }

  /** A layer with a table [rows, width] that is there already; its values are copied, and read at once. */
  static fromPretrained(table: tf.Tensor, options: FromPretrainedOptions = {}, ...more: readonly never[]): Embedding {
    checkOptions("nn.Embedding.fromPretrained", options, [...EMBEDDING_OPTIONS, "freeze"]);
    refuseMore("nn.Embedding.fromPretrained", more);
    const { freeze = true, ...rest } = options;
    const [rows, width] = tableSizes("Embedding", table);
    return withTable(new Embedding(rows, width, rest), table, freeze);
  }

  /** indices [...] (int32) -> [..., embeddingDim] */
  override forward(indices: tf.Tensor): tf.Tensor {
    return inLayer(this, indices, () => embedding(indices, this.weight, this.options));
  }

  override extraRepr(): string {
    const { maxNorm, normType = 2, scaleGradByFreq = false } = this.options;
    return [
      `${this.numEmbeddings}, ${this.embeddingDim}`,
      ...(this.paddingIdx === undefined ? [] : [`padding_idx=${this.paddingIdx}`]),
      ...(maxNorm === undefined ? [] : [`max_norm=${pyFloat(maxNorm)}`]),
      ...(normType === 2 ? [] : [`norm_type=${pyFloat(normType)}`]),
      ...(scaleGradByFreq ? ["scale_grad_by_freq=True"] : []),
    ].join(", ");
  }
}

/** A table drawn from the normal distribution; the row for padding is zeros. */
export function normalTable(rows: number, width: number, paddingIdx: number | undefined): Parameter {
  const values = RandomStream.named("init").fillNormal(new Float32Array(rows * width));
  if (paddingIdx !== undefined) values.fill(0, paddingIdx * width, (paddingIdx + 1) * width);
  return Parameter.fromData(values, [rows, width]);
}

/** @throws ShapeError unless it is a matrix of numbers */
export function tableSizes(layer: string, table: tf.Tensor): [rows: number, width: number] {
  const [rows = 0, width = 0] = table.shape;
  if (table.rank === 2 && table.dtype === "float32") return [rows, width];
  throw new ShapeError({
    message: `nn.${layer}.fromPretrained: this is no table.`,
    expected: "float32 [rows, width]",
    received: `${table.dtype} ${formatShape(table.shape)}`,
    shapes: [table.shape],
  });
}

/** Gives a layer the values of a table. */
export function withTable<TLayer extends { readonly weight: Parameter }>(
  layer: TLayer,
  table: tf.Tensor,
  freeze: boolean,
): TLayer {
  layer.weight.setData(table.dataSync());
  layer.weight.requiresGrad = !freeze;
  return layer;
}
