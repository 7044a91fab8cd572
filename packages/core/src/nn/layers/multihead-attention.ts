import type { Parameter } from "../../autograd/parameter.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { joinHeads, splitHeads } from "../../kernels/attention-heads.js";
import { tf } from "../../tensor/tf.js";
import { filledParameter, uniformParameter } from "../default-parameters.js";
import { type AttentionOptions, scaledDotProductAttention, selfAttention } from "../functional/attention.js";
import { linear } from "../functional/linear.js";
import { withBatch } from "../functional/with-batch.js";
import { Module } from "../module.js";
import { checkCount } from "../size.js";
import { Linear } from "./linear.js";

export interface MultiheadAttentionOptions {
  /** Dropout of the attention weights in training. @default 0 */
  readonly dropout?: number | undefined;
  /** @default true */
  readonly bias?: boolean | undefined;
}

/**
 * Attention with several heads over [N, T, embedDim] (PyTorch's `batch_first=True`); keys of the state dict as there.
 */
export class MultiheadAttention extends Module {
  /** [3 · embedDim, embedDim]: query, key and value. */
  readonly inProjWeight: Parameter;
  readonly inProjBias: Parameter | undefined;
  readonly outProj: Linear;
  readonly dropout: number;

  constructor(
    readonly embedDim: number,
    readonly numHeads: number,
    options: MultiheadAttentionOptions = {},
  ) {
    super();
    checkCount(embedDim, "embedDim");
    checkCount(numHeads, "numHeads");
    rejectUnknownOptions("nn.MultiheadAttention", options, ["dropout", "bias"]);
    if (embedDim % numHeads !== 0)
      throw new MisconfigurationError({
        message: "nn.MultiheadAttention: heads do not divide the embedding.",
        expected: "embedDim divisible by numHeads",
        received: `${embedDim} and ${numHeads}`,
      });
    const hasBias = options.bias ?? true;
    this.dropout = options.dropout ?? 0;
    this.inProjWeight = this.registerParameter(
      "in_proj_weight",
      uniformParameter([3 * embedDim, embedDim], Math.sqrt(6 / (4 * embedDim))),
    );
    this.inProjBias = hasBias ? this.registerParameter("in_proj_bias", filledParameter([3 * embedDim], 0)) : undefined;
    this.outProj = this.registerModule("out_proj", new Linear(embedDim, embedDim, { bias: hasBias }));
    this.outProj.bias?.setData(new Float32Array(embedDim));
  }

  /**
   * Self-attention of x [N, T, embedDim] or [T, embedDim].
   * @param options.attnMask broadcast to [N, numHeads, T, T]: numbers are added to the scores; booleans mark the keys
   *   that a query
   * does *not* see, as in PyTorch's layer (`F.scaledDotProductAttention` takes the opposite, as PyTorch's function)
   */
  override forward(
    x: tf.Tensor,
    options: { readonly isCausal?: boolean | undefined; readonly attnMask?: tf.Tensor | undefined } = {},
  ): tf.Tensor {
    return withBatch(x, 3, (batch) => this.#attend(batch, options));
  }

  #attend(x: tf.Tensor, options: AttentionOptions): tf.Tensor {
    if (x.rank !== 3)
      throw new ShapeError({
        message: "nn.MultiheadAttention takes sequences.",
        expected: `[N, T, ${this.embedDim}] or [T, ${this.embedDim}]`,
        received: formatShape(x.shape),
        shapes: [x.shape],
      });
    const projected = linear(x, this.inProjWeight, this.inProjBias);
    const dropoutP = this.training ? this.dropout : 0;
    const isPlain = options.attnMask === undefined && dropoutP === 0;
    if (isPlain)
      return this.outProj.forward(selfAttention(projected, { numHeads: this.numHeads, isCausal: options.isCausal }));
    const attnMask = options.attnMask?.dtype === "bool" ? tf.logicalNot(options.attnMask) : options.attnMask;
    return this.outProj.forward(this.#attendStepByStep(projected, { ...options, attnMask, dropoutP }));
  }

  /** With a mask or dropout. */
  #attendStepByStep(projected: tf.Tensor, options: AttentionOptions): tf.Tensor {
    const { q, k, v } = splitHeads(projected, this.numHeads);
    return joinHeads(scaledDotProductAttention(q, k, v, options), projected.shape.slice(0, -2));
  }
}
