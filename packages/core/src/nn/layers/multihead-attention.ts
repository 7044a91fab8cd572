import { refuseMore } from "../../errors/refuse-more.js";
import type { Parameter } from "../../autograd/parameter.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { checkOptions } from "../check-options.js";
import { joinHeads } from "../../kernels/attention-heads.js";
import { tf } from "../../tensor/tf.js";
import { filledParameter, normalParameter, uniformParameter } from "../default-parameters.js";
import { attend, selfAttention } from "../functional/attention.js";
import { joinMasks } from "../functional/attention-masks.js";
import { linear } from "../functional/linear.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { checkCount } from "../size.js";
import { swapBatchAndTime } from "../utils/rnn/pack-sequences.js";
import { checkAttentionInputs } from "./attention-inputs.js";
import { Linear } from "./linear.js";

export interface MultiheadAttentionOptions {
  /** Dropout of the attention weights in training. @default 0 */
  readonly dropout?: number | undefined;
  /** @default true */
  readonly bias?: boolean | undefined;
  /** Appends a learned key and value to every sequence of keys. @default false */
  readonly addBiasKv?: boolean | undefined;
  /** Appends a key and a value of zeros. @default false */
  readonly addZeroAttn?: boolean | undefined;
  /** Width of the keys. @default embedDim */
  readonly kdim?: number | undefined;
  /** Width of the values. @default embedDim */
  readonly vdim?: number | undefined;
  /** Whether sequences are [N, T, width] instead of [T, N, width]. @default false */
  readonly batchFirst?: boolean | undefined;
}

export interface MultiheadAttentionCall {
  /** [N, S], or [S] for one sequence: true hides a key from all queries; numbers are added to the scores. */
  readonly keyPaddingMask?: tf.Tensor | undefined;
  /**
   * [T, S] or [N · numHeads, T, S], or what broadcasts to [N, numHeads, T, S]: numbers are added to the scores; true
   * marks the keys that a query does *not* see, as in PyTorch's layer (`F.scaledDotProductAttention` takes the
   * opposite, as PyTorch's function). A query that sees no key gets zeros from all heads.
   */
  readonly attnMask?: tf.Tensor | undefined;
  /** Query t sees keys 0 … t, of those that the masks show. @default false */
  readonly isCausal?: boolean | undefined;
  /** Whether the attention weights are returned too. @default true with keys and values, which is PyTorch's call */
  readonly needWeights?: boolean | undefined;
  /** The mean of the weights over the heads, instead of those of each. @default true */
  readonly averageAttnWeights?: boolean | undefined;
}

const OPTIONS = ["dropout", "bias", "addBiasKv", "addZeroAttn", "kdim", "vdim", "batchFirst"];
const CALL = ["keyPaddingMask", "attnMask", "isCausal", "needWeights", "averageAttnWeights"];

/** Query, key and value, [N, T, width] each. */
interface Sequences {
  readonly query: tf.Tensor;
  readonly key: tf.Tensor;
  readonly value: tf.Tensor;
}

/**
 * Attention with several heads. Names, initialisation and keys of the state dict are those of PyTorch.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const attention = new nn.MultiheadAttention(16, 4, { batchFirst: true });
 * const x = tf.randomNormal([2, 10, 16]);
 * console.log(attention.forward(x, { isCausal: true }).shape); // [2, 10, 16]
 * const [output, weights] = attention.forward(x, x, x);
 * console.log(output.shape, weights?.shape); // [2, 10, 16] [2, 10, 10]
 * ```
 */
export class MultiheadAttention extends Module {
  readonly kdim: number;
  readonly vdim: number;
  readonly batchFirst: boolean;
  readonly dropout: number;
  readonly addZeroAttn: boolean;
  /** [3 · embedDim, embedDim]: query, key and value; undefined where keys or values have a width of their own. */
  inProjWeight: Parameter | undefined;
  /** [embedDim, embedDim], [embedDim, kdim] and [embedDim, vdim] in that case. */
  qProjWeight: Parameter | undefined;
  kProjWeight: Parameter | undefined;
  vProjWeight: Parameter | undefined;
  inProjBias: Parameter | undefined;
  /** [1, 1, embedDim] with `addBiasKv`. */
  biasK: Parameter | undefined;
  biasV: Parameter | undefined;
  readonly outProj: Linear;

  constructor(
    readonly embedDim: number,
    readonly numHeads: number,
    options: MultiheadAttentionOptions = {},
    ...more: readonly never[]
  ) {
    super();
    refuseMore("nn.MultiheadAttention", more);
    checkMultihead(embedDim, numHeads, options);
    const { bias = true, addBiasKv = false } = options;
    this.kdim = options.kdim ?? embedDim;
    this.vdim = options.vdim ?? embedDim;
    this.batchFirst = options.batchFirst ?? false;
    this.dropout = options.dropout ?? 0;
    this.addZeroAttn = options.addZeroAttn ?? false;
    const create = (name: string, rows: number, columns: number): Parameter =>
      this.registerParameter(name, uniformParameter([rows, columns], Math.sqrt(6 / (rows + columns))));
    const isPacked = this.kdim === embedDim && this.vdim === embedDim;
    this.qProjWeight = isPacked ? undefined : create("q_proj_weight", embedDim, embedDim);
    this.kProjWeight = isPacked ? undefined : create("k_proj_weight", embedDim, this.kdim);
    this.vProjWeight = isPacked ? undefined : create("v_proj_weight", embedDim, this.vdim);
    this.inProjWeight = isPacked ? create("in_proj_weight", 3 * embedDim, embedDim) : undefined;
    this.inProjBias = bias ? this.registerParameter("in_proj_bias", filledParameter([3 * embedDim], 0)) : undefined;
    const createExtra = (name: string): Parameter =>
      this.registerParameter(name, normalParameter([1, 1, embedDim], Math.sqrt(1 / embedDim)));
    this.biasK = addBiasKv ? createExtra("bias_k") : undefined;
    this.biasV = addBiasKv ? createExtra("bias_v") : undefined;
    this.outProj = this.registerModule("out_proj", new NonDynamicallyQuantizableLinear(embedDim, embedDim, { bias }));
    this.outProj.bias?.setData(new Float32Array(embedDim));
  }

  /**
   * What the queries attend to, and with which weights; sequences are [T, N, width], [N, T, width] with `batchFirst`,
   * or [T, width] for one alone. With one tensor, self-attention without the weights.
   * @throws ShapeError
   */
  override forward(x: tf.Tensor, call?: MultiheadAttentionCall): tf.Tensor;
  override forward(
    query: tf.Tensor,
    key: tf.Tensor,
    value: tf.Tensor,
    call?: MultiheadAttentionCall,
  ): [output: tf.Tensor, weights: tf.Tensor | undefined];
  override forward(
    query: tf.Tensor,
    key?: tf.Tensor | MultiheadAttentionCall,
    value?: tf.Tensor,
    call: MultiheadAttentionCall = {},
  ): tf.Tensor | [tf.Tensor, tf.Tensor | undefined] {
    if (!(key instanceof tf.Tensor))
      return this.#run({ query, key: query, value: query }, { needWeights: false, ...key })[0];
    return this.#run({ query, key, value: value ?? key }, call);
  }

  #run(given: Sequences, call: MultiheadAttentionCall): [tf.Tensor, tf.Tensor | undefined] {
    checkOptions("nn.MultiheadAttention's forward", call, CALL);
    return inLayer(this, given.query, () => {
      checkAttentionInputs(given, this);
      if (given.query.rank === 3) return this.#attend(batchesFirst(given, this.batchFirst), call);
      const { keyPaddingMask } = call;
      const single = { ...call, keyPaddingMask: keyPaddingMask && tf.expandDims(keyPaddingMask, 0) };
      const [y, weights] = this.#attend(
        map(given, (tensor) => tf.expandDims(tensor, 0)),
        single,
        true,
      );
      return [tf.squeeze(y, [0]), weights && tf.squeeze(weights, [0])];
    });
  }

  #attend(sequences: Sequences, call: MultiheadAttentionCall, isSingle = false): [tf.Tensor, tf.Tensor | undefined] {
    const inOrder = (y: tf.Tensor): tf.Tensor => (this.batchFirst || isSingle ? y : swapBatchAndTime(y));
    const dropoutP = this.training ? this.dropout : 0;
    const { isCausal = false, needWeights = true, averageAttnWeights = true } = call;
    const isPlain = call.attnMask === undefined && call.keyPaddingMask === undefined && dropoutP === 0 && !needWeights;
    if (isPlain && this.#isSelfAttention(sequences)) {
      const projected = linear(sequences.query, this.inProjWeight ?? sequences.query, this.inProjBias);
      return [
        inOrder(this.outProj.forward(selfAttention(projected, { numHeads: this.numHeads, isCausal }))),
        undefined,
      ];
    }
    const [query, keys, values] = this.#project(sequences);
    const [k, v] = this.#withExtraKeys(keys, values);
    const extraKeys = (k.shape[1] ?? 0) - (keys.shape[1] ?? 0);
    const [batch = 0, queries = 0] = query.shape;
    const sizes = { batch, heads: this.numHeads, queries, keys: keys.shape[1] ?? 0 };
    const attnMask = joinMasks({ attnMask: call.attnMask, keyPaddingMask: call.keyPaddingMask }, sizes, extraKeys);
    const heads = [query, k, v].map((tensor) => this.#splitHeads(tensor));
    const [q = query, kHeads = k, vHeads = v] = heads;
    const { y, probs } = attend(q, kHeads, vHeads, { attnMask, isCausal, dropoutP });
    const output = inOrder(this.outProj.forward(joinHeads(y, [batch])));
    if (!needWeights) return [output, undefined];
    return [output, averageAttnWeights ? tf.mean(probs, 1) : probs];
  }

  #isSelfAttention({ query, key, value }: Sequences): boolean {
    return (
      query === key && key === value && this.inProjWeight !== undefined && this.biasK === undefined && !this.addZeroAttn
    );
  }

  /** Query, key and value in the width of the embedding. Equal inputs are projected together. */
  #project({ query, key, value }: Sequences): [tf.Tensor, tf.Tensor, tf.Tensor] {
    const width = this.embedDim;
    const part = (tensor: tf.Tensor | undefined, from: number, count: number): tf.Tensor | undefined =>
      tensor === undefined ? undefined : tf.slice(tensor, from * width, count * width);
    const { inProjWeight: packed, inProjBias: bias } = this;
    const weight = (from: number, own: tf.Tensor | undefined): tf.Tensor => own ?? part(packed, from, 1) ?? query;
    if (packed !== undefined && query === key && key === value)
      return threeOf(tf.split(linear(query, packed, bias), 3, 2));
    const q = linear(query, weight(0, this.qProjWeight), part(bias, 0, 1));
    if (packed !== undefined && key === value)
      return threeOf([q, ...tf.split(linear(key, part(packed, 1, 2) ?? packed, part(bias, 1, 2)), 2, 2)]);
    return [
      q,
      linear(key, weight(1, this.kProjWeight), part(bias, 1, 1)),
      linear(value, weight(2, this.vProjWeight), part(bias, 2, 1)),
    ];
  }

  #withExtraKeys(k: tf.Tensor, v: tf.Tensor): [tf.Tensor, tf.Tensor] {
    const shape: [number, number, number] = [k.shape[0] ?? 0, 1, this.embedDim];
    const extra = (bias: Parameter | undefined): tf.Tensor[] => [
      ...(bias === undefined ? [] : [tf.broadcastTo(bias, shape)]),
      ...(this.addZeroAttn ? [tf.zeros(shape)] : []),
    ];
    const append = (tensor: tf.Tensor, more: readonly tf.Tensor[]): tf.Tensor =>
      more.length === 0 ? tensor : tf.concat([tensor, ...more], 1);
    return [append(k, extra(this.biasK)), append(v, extra(this.biasV))];
  }

  /** [N, T, embedDim] -> [N, heads, T, D] */
  #splitHeads(tensor: tf.Tensor): tf.Tensor {
    const [batch = 0, length = 0] = tensor.shape;
    const apart = tf.reshape(tensor, [batch, length, this.numHeads, this.embedDim / this.numHeads]);
    return tf.transpose(apart, [0, 2, 1, 3]);
  }
}

/** A linear layer by the name that PyTorch prints for this one. */
class NonDynamicallyQuantizableLinear extends Linear {}

function checkMultihead(embedDim: number, numHeads: number, options: MultiheadAttentionOptions): void {
  checkOptions("nn.MultiheadAttention", options, OPTIONS);
  checkCount(embedDim, "embedDim");
  checkCount(numHeads, "numHeads");
  checkCount(options.kdim ?? embedDim, "kdim");
  checkCount(options.vdim ?? embedDim, "vdim");
  if (embedDim % numHeads === 0) return;
  throw new MisconfigurationError({
    message: "nn.MultiheadAttention: heads do not divide the embedding.",
    expected: "embedDim divisible by numHeads",
    received: `${embedDim} and ${numHeads}`,
  });
}

/** The same tensors stay the same, which says that they are projected together. */
function map({ query, key, value }: Sequences, change: (tensor: tf.Tensor) => tf.Tensor): Sequences {
  const q = change(query);
  const k = key === query ? q : change(key);
  return { query: q, key: k, value: value === key ? k : value === query ? q : change(value) };
}

function batchesFirst(sequences: Sequences, isBatchFirst: boolean): Sequences {
  return isBatchFirst ? sequences : map(sequences, swapBatchAndTime);
}

function threeOf([q, k, v]: readonly tf.Tensor[]): [tf.Tensor, tf.Tensor, tf.Tensor] {
  if (q === undefined || k === undefined || v === undefined) throw new RangeError("Query, key and value are three.");
  return [q, k, v];
}
