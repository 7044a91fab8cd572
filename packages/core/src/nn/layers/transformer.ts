import { checkCount } from "../size.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { checkOptions } from "../check-options.js";
import { tf } from "../../tensor/tf.js";
import { xavierUniform } from "../init.js";
import { Module } from "../module.js";
import { LayerNorm } from "./layer-norm.js";
import { TransformerDecoder, TransformerDecoderLayer, type DecoderMasks } from "./transformer-decoder.js";
import { TransformerEncoder, TransformerEncoderLayer, type EncoderMasks } from "./transformer-encoder.js";
import { LAYER_OPTIONS, type TransformerLayerOptions } from "./transformer-options.js";

/** What makes the memory, in place of the encoder that the options describe. */
export interface CustomEncoder extends Module {
  forward(src: tf.Tensor, masks: EncoderMasks): tf.Tensor;
}

/** What reads the memory, in place of the decoder that the options describe. */
export interface CustomDecoder extends Module {
  forward(tgt: tf.Tensor, memory: tf.Tensor, masks: DecoderMasks): tf.Tensor;
}

export interface TransformerOptions extends TransformerLayerOptions {
  /** @default 6 */
  readonly numEncoderLayers?: number | undefined;
  /** @default 6 */
  readonly numDecoderLayers?: number | undefined;
  readonly customEncoder?: CustomEncoder | undefined;
  readonly customDecoder?: CustomDecoder | undefined;
}

export interface TransformerMasks extends DecoderMasks {
  readonly srcMask?: tf.Tensor | undefined;
  readonly srcKeyPaddingMask?: tf.Tensor | undefined;
  /** @default false */
  readonly srcIsCausal?: boolean | undefined;
}

const MASKS = [
  ...["srcMask", "tgtMask", "memoryMask", "srcKeyPaddingMask", "tgtKeyPaddingMask", "memoryKeyPaddingMask"],
  ...["srcIsCausal", "tgtIsCausal", "memoryIsCausal"],
];

/**
 * An encoder and a decoder, each with a norm at its end; names and initialisation as in PyTorch.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const options = { numEncoderLayers: 1, numDecoderLayers: 1, dimFeedforward: 32, batchFirst: true };
 * const model = new nn.Transformer(16, 4, options);
 * const [src, tgt] = [tf.randomNormal([2, 10, 16]), tf.randomNormal([2, 5, 16])];
 * console.log(model.forward(src, tgt).shape); // [2, 5, 16]
 * ```
 */
export class Transformer extends Module {
  readonly encoder: CustomEncoder;
  readonly decoder: CustomDecoder;

  /** @param dModel @default 512 @param nhead @default 8 */
  constructor(
    readonly dModel = 512,
    readonly nhead = 8,
    options: TransformerOptions = {},
    ...more: readonly never[]
  ) {
    super();
    checkOptions("nn.Transformer", options, [
      ...LAYER_OPTIONS,
      ...["numEncoderLayers", "numDecoderLayers", "customEncoder", "customDecoder"],
    ]);
    refuseMore("nn.Transformer", more);
    checkCount(dModel, "dModel");
    checkCount(nhead, "nhead");
    const { numEncoderLayers = 6, numDecoderLayers = 6, customEncoder, customDecoder, ...layer } = options;
    const norm = (): LayerNorm => new LayerNorm(dModel, { eps: layer.layerNormEps, bias: layer.bias });
    this.encoder =
      customEncoder ??
      new TransformerEncoder(new TransformerEncoderLayer(dModel, nhead, layer), numEncoderLayers, { norm: norm() });
    this.decoder =
      customDecoder ??
      new TransformerDecoder(new TransformerDecoderLayer(dModel, nhead, layer), numDecoderLayers, { norm: norm() });
    for (const parameter of this.parameters()) if (parameter.rank > 1) xavierUniform(parameter);
  }

  /** [size, size] to add to scores: 0 where step t may see step s <= t, -Infinity elsewhere. */
  static generateSquareSubsequentMask(size: number, ...more: readonly never[]): tf.Tensor2D {
    refuseMore("nn.Transformer.generateSquareSubsequentMask", more);
    const mask = new Float32Array(size * size);
    for (let t = 0; t < size; t += 1) mask.fill(Number.NEGATIVE_INFINITY, t * size + t + 1, (t + 1) * size);
    return tf.tensor2d(mask, [size, size]);
  }

  /** src [S, N, dModel] and tgt [T, N, dModel], or as `batchFirst` says -> tgt's shape. @throws ShapeError */
  override forward(src: tf.Tensor, tgt: tf.Tensor, masks: TransformerMasks = {}): tf.Tensor {
    checkOptions("nn.Transformer's forward", masks, MASKS);
    const { srcMask, srcKeyPaddingMask, srcIsCausal, ...ofDecoder } = masks;
    const memory = this.encoder.forward(src, { mask: srcMask, srcKeyPaddingMask, isCausal: srcIsCausal });
    return this.decoder.forward(tgt, memory, ofDecoder);
  }
}
