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

/** Masks as `nn.MultiheadAttention` takes them: true hides. */
export interface EncoderLayerMasks {
  /** [T, T] or [N · heads, T, T] */
  readonly srcMask?: tf.Tensor | undefined;
  /** [N, T] */
  readonly srcKeyPaddingMask?: tf.Tensor | undefined;
  /** Step t sees steps 0 … t. @default false */
  readonly isCausal?: boolean | undefined;
}

/**
 * Self-attention and a feed-forward block, each added to its input.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.TransformerEncoderLayer(16, 4, { dimFeedforward: 32, batchFirst: true });
 * console.log(layer.forward(tf.randomNormal([2, 10, 16])).shape); // [2, 10, 16]
 * ```
 */
export class TransformerEncoderLayer extends Module {
  readonly selfAttn: MultiheadAttention;
  readonly linear1: Linear;
  readonly dropout: Dropout;
  readonly linear2: Linear;
  readonly norm1: LayerNorm;
  readonly norm2: LayerNorm;
  readonly dropout1: Dropout;
  readonly dropout2: Dropout;
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
    refuseMore("nn.TransformerEncoderLayer", more);
    checkCount(dModel, "dModel");
    checkCount(nhead, "nhead");
    const { dimFeedforward, dropout, activation, layerNormEps, batchFirst, normFirst, bias } = resolveLayerOptions(
      "nn.TransformerEncoderLayer",
      options,
    );
    this.#options = options;
    this.selfAttn = this.registerModule(
      "self_attn",
      new MultiheadAttention(dModel, nhead, { dropout, bias, batchFirst }),
    );
    const norm = (): LayerNorm => new LayerNorm(dModel, { eps: layerNormEps, bias });
    this.linear1 = new Linear(dModel, dimFeedforward, { bias });
    this.dropout = new Dropout(dropout);
    this.linear2 = new Linear(dimFeedforward, dModel, { bias });
    [this.norm1, this.norm2] = [norm(), norm()];
    [this.dropout1, this.dropout2] = [new Dropout(dropout), new Dropout(dropout)];
    this.normFirst = normFirst;
    this.activation = activation;
  }

  /** src [T, N, dModel], or [N, T, dModel] with `batchFirst`, or without N -> the same shape. @throws ShapeError */
  override forward(src: tf.Tensor, masks: EncoderLayerMasks = {}): tf.Tensor {
    checkOptions("nn.TransformerEncoderLayer's forward", masks, ENCODER_MASKS);
    return inLayer(this, src, () => {
      if (this.normFirst) {
        const attended = tf.add(src, this.#attend(this.norm1.forward(src), masks));
        return tf.add(attended, this.#feedForward(this.norm2.forward(attended)));
      }
      const attended = this.norm1.forward(tf.add(src, this.#attend(src, masks)));
      return this.norm2.forward(tf.add(attended, this.#feedForward(attended)));
    });
  }

  /** A layer of the same form that begins with the same values. */
  clone(): TransformerEncoderLayer {
    const copy = new TransformerEncoderLayer(this.dModel, this.nhead, this.#options);
    copyParameters(this, copy);
    return copy;
  }

  #attend(x: tf.Tensor, { srcMask, srcKeyPaddingMask, isCausal }: EncoderLayerMasks): tf.Tensor {
    const call = { attnMask: srcMask, keyPaddingMask: srcKeyPaddingMask, isCausal };
    return this.dropout1.forward(this.selfAttn.forward(x, call));
  }

  #feedForward(x: tf.Tensor): tf.Tensor {
    const wide = expand(x, this.linear1, this.activation);
    return this.dropout2.forward(this.linear2.forward(this.dropout.forward(wide)));
  }
}

const ENCODER_MASKS = ["srcMask", "srcKeyPaddingMask", "isCausal"];

export interface EncoderMasks {
  /** [T, T] or [N · heads, T, T]; true hides. */
  readonly mask?: tf.Tensor | undefined;
  /** [N, T] */
  readonly srcKeyPaddingMask?: tf.Tensor | undefined;
  /** @default false */
  readonly isCausal?: boolean | undefined;
}

export interface EncoderOptions {
  /** What normalizes the last layer's output. @default nothing */
  readonly norm?: TensorModule | undefined;
  /** Chooses between PyTorch's implementations; accepted so that a call carries over. The numbers are the same. */
  readonly enableNestedTensor?: boolean | undefined;
  /** As `enableNestedTensor`. */
  readonly maskCheck?: boolean | undefined;
}

/**
 * Encoder layers on top of each other: copies of the given one.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const layer = new nn.TransformerEncoderLayer(16, 4, { dimFeedforward: 32, batchFirst: true });
 * const encoder = new nn.TransformerEncoder(layer, 2, { norm: new nn.LayerNorm(16) });
 * console.log(encoder.forward(tf.randomNormal([2, 10, 16])).shape); // [2, 10, 16]
 * ```
 */
export class TransformerEncoder extends Module {
  readonly layers: ModuleList<TransformerEncoderLayer>;
  readonly norm: TensorModule | undefined;

  constructor(
    encoderLayer: TransformerEncoderLayer,
    readonly numLayers: number,
    options: EncoderOptions = {},
    ...more: readonly never[]
  ) {
    super();
    checkOptions("nn.TransformerEncoder", options, ["norm", "enableNestedTensor", "maskCheck"]);
    refuseMore("nn.TransformerEncoder", more);
    this.layers = new ModuleList(copiesOf(encoderLayer, numLayers));
    this.norm = options.norm;
  }

  /** src [T, N, dModel], or as the layers take it -> the same shape. @throws ShapeError */
  override forward(src: tf.Tensor, masks: EncoderMasks = {}): tf.Tensor {
    checkOptions("nn.TransformerEncoder's forward", masks, ["mask", "srcKeyPaddingMask", "isCausal"]);
    const { mask: srcMask, srcKeyPaddingMask, isCausal } = masks;
    let x = src;
    for (const layer of this.layers) x = layer.forward(x, { srcMask, srcKeyPaddingMask, isCausal });
    return this.norm === undefined ? x : this.norm.forward(x);
  }
}
