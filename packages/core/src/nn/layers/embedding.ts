import { Parameter } from "../../autograd/parameter.js";
import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import { RandomStream } from "../../random/random-stream.js";
import type { tf } from "../../tensor/tf.js";
import { embedding, paddingRow } from "../functional/embedding.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { checkCount } from "../size.js";

export interface EmbeddingOptions {
  /** This row begins as zeros and gets no gradient; negative numbers count from the end. */
  readonly paddingIdx?: number | undefined;
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
  readonly weight: Parameter;
  readonly paddingIdx: number | undefined;

  constructor(
    readonly numEmbeddings: number,
    readonly embeddingDim: number,
    options: EmbeddingOptions = {},
  ) {
    super();
    checkCount(numEmbeddings, "numEmbeddings");
    checkCount(embeddingDim, "embeddingDim");
    rejectUnknownOptions("nn.Embedding", options, ["paddingIdx"]);
    this.paddingIdx = paddingRow(options.paddingIdx, numEmbeddings);
    const values = RandomStream.named("init").fillNormal(new Float32Array(numEmbeddings * embeddingDim));
    if (this.paddingIdx !== undefined)
      values.fill(0, this.paddingIdx * embeddingDim, (this.paddingIdx + 1) * embeddingDim);
    this.weight = Parameter.fromData(values, [numEmbeddings, embeddingDim]);
  }

  /** indices [...] (int32) -> [..., embeddingDim] */
  override forward(indices: tf.Tensor): tf.Tensor {
    return inLayer(this, indices, () => embedding(indices, this.weight, { paddingIdx: this.paddingIdx }));
  }
}
