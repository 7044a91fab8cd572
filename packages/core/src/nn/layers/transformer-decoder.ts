import { checkCount } from "../size.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { checkOptions } from "../check-options.js";
import { tf } from "../../tensor/tf.js";
import { ModuleList } from "../containers/module-list.js";
import type { TensorModule } from "../containers/sequential.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { Dropout } from "./dropout.js";
import { LayerNorm } from "./layer-norm.js";
import { Linear } from "./linear.js";
import { MultiheadAttention } from "./multihead-attention.js";
import {
  copiesOf,
  copyParameters,
  expand,
  resolveLayerOptions,
  type TransformerActivation,
  type TransformerLayerOptions,
} from "./transformer-options.js";

/** Masks as `nn.MultiheadAttention` takes them: true hides. T are the target's steps, S the memory's. */
export interface DecoderMasks {
  /** [T, T] or [N · heads, T, T] */
  readonly tgtMask?: tf.Tensor | undefined;
  /** [T, S] or [N · heads, T, S] */
  readonly memoryMask?: tf.Tensor | undefined;
  /** [N, T] */
  readonly tgtKeyPaddingMask?: tf.Tensor | undefined;
  /** [N, S] */
  readonly memoryKeyPaddingMask?: tf.Tensor | undefined;
  /** Step t of the target sees its steps 0 … t. @default false */
  readonly tgtIsCausal?: boolean | undefined;
  /** Step t of the target sees steps 0 … t of the memory. @default false */
  readonly memoryIsCausal?: boolean | undefined;
}

const MASKS = ["tgtMask", "memoryMask", "tgtKeyPaddingMask", "memoryKeyPaddingMask", "tgtIsCausal", "memoryIsCausal"];

/**
 * Self-attention, attention to what an encoder made, and a feed-forward block, each added to its input.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.TransformerDecoderLayer(16, 4, { dimFeedforward: 32, batchFirst: true });
 * const [tgt, memory] = [tf.randomNormal([2, 5, 16]), tf.randomNormal([2, 10, 16])];
 * console.log(layer.forward(tgt, memory, { tgtIsCausal: true }).shape); // [2, 5, 16]
 * ```
 */
export class TransformerDecoderLayer extends Module {
  readonly selfAttn: MultiheadAttention;
  readonly multiheadAttn: MultiheadAttention;
  readonly linear1: Linear;
  readonly dropout: Dropout;
  readonly linear2: Linear;
  readonly norm1: LayerNorm;
  readonly norm2: LayerNorm;
  readonly norm3: LayerNorm;
  readonly dropout1: Dropout;
  readonly dropout2: Dropout;
  readonly dropout3: Dropout;
  readonly normFirst: boolean;
  readonly activation: TransformerActivation;
  readonly #options: TransformerLayerOptions;

  constructor(
    readonly dModel: number,
    readonly nhead: number,
    options: TransformerLayerOptions = {},
    ...more: readonly never[]
  ) {
    super();
    refuseMore("nn.TransformerDecoderLayer", more);
    checkCount(dModel, "dModel");
    checkCount(nhead, "nhead");
    const { dimFeedforward, dropout, activation, layerNormEps, batchFirst, normFirst, bias } = resolveLayerOptions(
      "nn.TransformerDecoderLayer",
      options,
    );
    this.#options = options;
    const attention = (): MultiheadAttention => new MultiheadAttention(dModel, nhead, { dropout, bias, batchFirst });
    const norm = (): LayerNorm => new LayerNorm(dModel, { eps: layerNormEps, bias });
    this.selfAttn = this.registerModule("self_attn", attention());
    this.multiheadAttn = this.registerModule("multihead_attn", attention());
    this.linear1 = new Linear(dModel, dimFeedforward, { bias });
    this.dropout = new Dropout(dropout);
    this.linear2 = new Linear(dimFeedforward, dModel, { bias });
    [this.norm1, this.norm2, this.norm3] = [norm(), norm(), norm()];
    [this.dropout1, this.dropout2, this.dropout3] = [new Dropout(dropout), new Dropout(dropout), new Dropout(dropout)];
    this.normFirst = normFirst;
    this.activation = activation;
  }

  /** tgt [T, N, dModel] and memory [S, N, dModel], or as `batchFirst` says -> tgt's shape. @throws ShapeError */
  override forward(tgt: tf.Tensor, memory: tf.Tensor, masks: DecoderMasks = {}): tf.Tensor {
    checkOptions("nn.TransformerDecoderLayer's forward", masks, MASKS);
    return inLayer(this, tgt, () => {
      if (this.normFirst) {
        const seen = tf.add(tgt, this.#attend(this.norm1.forward(tgt), masks));
        const informed = tf.add(seen, this.#attendTo(this.norm2.forward(seen), memory, masks));
        return tf.add(informed, this.#feedForward(this.norm3.forward(informed)));
      }
      const seen = this.norm1.forward(tf.add(tgt, this.#attend(tgt, masks)));
      const informed = this.norm2.forward(tf.add(seen, this.#attendTo(seen, memory, masks)));
      return this.norm3.forward(tf.add(informed, this.#feedForward(informed)));
    });
  }

  /** A layer of the same form that begins with the same values. */
  clone(): TransformerDecoderLayer {
    const copy = new TransformerDecoderLayer(this.dModel, this.nhead, this.#options);
    copyParameters(this, copy);
    return copy;
  }

  #attend(x: tf.Tensor, { tgtMask, tgtKeyPaddingMask, tgtIsCausal }: DecoderMasks): tf.Tensor {
    const call = { attnMask: tgtMask, keyPaddingMask: tgtKeyPaddingMask, isCausal: tgtIsCausal };
    return this.dropout1.forward(this.selfAttn.forward(x, call));
  }

  #attendTo(x: tf.Tensor, memory: tf.Tensor, masks: DecoderMasks): tf.Tensor {
    const { memoryMask, memoryKeyPaddingMask, memoryIsCausal } = masks;
    const [attended] = this.multiheadAttn.forward(x, memory, memory, {
      attnMask: memoryMask,
      keyPaddingMask: memoryKeyPaddingMask,
      isCausal: memoryIsCausal,
      needWeights: false,
    });
    return this.dropout2.forward(attended);
  }

  #feedForward(x: tf.Tensor): tf.Tensor {
    const wide = expand(x, this.linear1, this.activation);
    return this.dropout3.forward(this.linear2.forward(this.dropout.forward(wide)));
  }
}

/**
 * Decoder layers on top of each other: copies of the given one.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.TransformerDecoderLayer(16, 4, { dimFeedforward: 32, batchFirst: true });
 * const decoder = new nn.TransformerDecoder(layer, 2);
 * const [tgt, memory] = [tf.randomNormal([2, 5, 16]), tf.randomNormal([2, 10, 16])];
 * console.log(decoder.forward(tgt, memory).shape); // [2, 5, 16]
 * ```
 */
export class TransformerDecoder extends Module {
  readonly layers: ModuleList<TransformerDecoderLayer>;
  readonly norm: TensorModule | undefined;

  constructor(
    decoderLayer: TransformerDecoderLayer,
    readonly numLayers: number,
    options: { readonly norm?: TensorModule | undefined } = {},
    ...more: readonly never[]
  ) {
    super();
    checkOptions("nn.TransformerDecoder", options, ["norm"]);
    refuseMore("nn.TransformerDecoder", more);
    this.layers = new ModuleList(copiesOf(decoderLayer, numLayers));
    this.norm = options.norm;
  }

  /** tgt and memory as the layers take them -> tgt's shape. @throws ShapeError */
  override forward(tgt: tf.Tensor, memory: tf.Tensor, masks: DecoderMasks = {}): tf.Tensor {
    checkOptions("nn.TransformerDecoder's forward", masks, MASKS);
    let x = tgt;
    for (const layer of this.layers) x = layer.forward(x, memory, masks);
    return this.norm === undefined ? x : this.norm.forward(x);
  }
}
