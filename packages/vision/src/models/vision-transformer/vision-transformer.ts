import {
  inLayer,
  MisconfigurationError,
  nn,
  Parameter,
  rejectUnknownOptions,
  ShapeError,
  tf,
} from "@lightning-ts/core";
import type { NormLayer } from "../../ops/norm-layer.js";
import { withoutWeights, type WeightsOption } from "../refuse-weights.js";
import { convStem, type ConvStemConfig, patches } from "./conv-stem.js";
import { Encoder } from "./encoder.js";

export interface VisionTransformerOptions {
  /** Height and width of the images. */
  readonly imageSize: number;
  /** Height and width of a patch; divides the image's. */
  readonly patchSize: number;
  readonly numLayers: number;
  readonly numHeads: number;
  readonly hiddenDim: number;
  /** Width between the two linear layers of a block. */
  readonly mlpDim: number;
  /** @default 0 */
  readonly dropout?: number | undefined;
  /** @default 0 */
  readonly attentionDropout?: number | undefined;
  /** @default 1000 */
  readonly numClasses?: number | undefined;
  /** Width of a layer before the classes. @default no such layer */
  readonly representationSize?: number | undefined;
  /** @default layer norm with eps 1e-6 */
  readonly normLayer?: NormLayer | undefined;
  /** Convolutions before the patches. @default none */
  readonly convStemConfigs?: readonly ConvStemConfig[] | undefined;
}

const SIZES = ["imageSize", "patchSize", "numLayers", "numHeads", "hiddenDim", "mlpDim"] as const;
const OPTIONS = [
  ...SIZES,
  ...["dropout", "attentionDropout", "numClasses", "representationSize", "normLayer", "convStemConfigs"],
];

/**
 * A transformer that reads an image as patches, x [N, 3, imageSize, imageSize] -> [N, numClasses] (Dosovitskiy et al.,
 * 2020). Keys and shapes of the state dict are torchvision's.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { VisionTransformer } from "@lightning-ts/vision";
 *
 * const sizes = { imageSize: 32, patchSize: 8, numLayers: 2, numHeads: 4, hiddenDim: 32, mlpDim: 64 };
 * const model = new VisionTransformer({ ...sizes, numClasses: 10 });
 * console.log(model.forward(tf.zeros([2, 3, 32, 32])).shape); // [2, 10]
 * ```
 */
export class VisionTransformer extends nn.Module {
  readonly imageSize: number;
  readonly patchSize: number;
  readonly hiddenDim: number;
  /** How many patches there are, and the token of the class. */
  readonly seqLength: number;
  readonly convProj: nn.Conv2d | nn.Sequential;
  /** [1, 1, hiddenDim] */
  readonly classToken: Parameter;
  readonly encoder: Encoder;
  readonly heads: nn.Sequential;

  constructor(options: VisionTransformerOptions) {
    super();
    rejectUnknownOptions("VisionTransformer", options, OPTIONS);
    checkSizes(options);
    const { imageSize, patchSize, hiddenDim, convStemConfigs, numClasses = 1000, dropout = 0 } = options;
    const { attentionDropout = 0, normLayer = (width: number) => new nn.LayerNorm(width, { eps: 1e-6 }) } = options;
    this.imageSize = imageSize;
    this.patchSize = patchSize;
    this.hiddenDim = hiddenDim;
    this.seqLength = (imageSize / patchSize) ** 2 + 1;
    const stem = convStemConfigs === undefined ? patches(patchSize, hiddenDim) : convStem(convStemConfigs, hiddenDim);
    this.convProj = this.registerModule<nn.Conv2d | nn.Sequential>("conv_proj", stem);
    const token = Parameter.fromData(new Float32Array(hiddenDim), [1, 1, hiddenDim]);
    this.classToken = this.registerParameter("class_token", token);
    const shared = { ...options, dropout, attentionDropout, normLayer };
    this.encoder = this.registerModule("encoder", new Encoder(this.seqLength, options.numLayers, shared));
    this.heads = this.registerModule("heads", heads(hiddenDim, options.representationSize, numClasses));
  }

  override forward(x: tf.Tensor): tf.Tensor {
    const tokens = inLayer(this, x, () => this.#tokens(x));
    const encoded = this.encoder.forward(tokens);
    const [batch = 0] = encoded.shape;
    return this.heads.forward(tf.reshape(tf.slice(encoded, [0, 0, 0], [batch, 1, this.hiddenDim]), [batch, -1]));
  }

  /** [N, seqLength, hiddenDim]: the class's token, then one for each patch. */
  #tokens(x: tf.Tensor): tf.Tensor {
    const size = this.imageSize;
    const [batch = 0, , height, width] = x.shape;
    if (x.rank !== 4 || height !== size || width !== size)
      throw new ShapeError({
        message: "the images have another size.",
        expected: `[N, 3, ${size}, ${size}]`,
        received: `[${x.shape.join(", ")}]`,
        tryThis: "F.interpolate(x, { size }), or imageSize of the model.",
        shapes: [x.shape],
      });
    const flat = tf.reshape(this.convProj.forward(x), [batch, this.hiddenDim, this.seqLength - 1]);
    const token = tf.broadcastTo(this.classToken, [batch, 1, this.hiddenDim]);
    return tf.concat([token, tf.transpose(flat, [0, 2, 1])], 1);
  }
}

/** The base model with patches of 16 × 16, with torchvision's state dict. */
export function vitB16(options: Partial<VisionTransformerOptions> & WeightsOption = {}): VisionTransformer {
  const sizes = { imageSize: 224, patchSize: 16, numLayers: 12, numHeads: 12, hiddenDim: 768, mlpDim: 3072 };
  return new VisionTransformer({ ...sizes, ...withoutWeights("vitB16", options) });
}

function heads(hiddenDim: number, representationSize: number | undefined, numClasses: number): nn.Sequential {
  const head = new nn.Linear(representationSize ?? hiddenDim, numClasses);
  nn.init.zeros(head.weight);
  if (head.bias !== undefined) nn.init.zeros(head.bias);
  if (representationSize === undefined) return new nn.Sequential({ head });
  const preLogits = new nn.Linear(hiddenDim, representationSize);
  nn.init.truncNormal(preLogits.weight, 0, Math.sqrt(1 / hiddenDim));
  if (preLogits.bias !== undefined) nn.init.zeros(preLogits.bias);
  return new nn.Sequential({ pre_logits: preLogits, act: new nn.Tanh(), head });
}

function checkSizes(options: VisionTransformerOptions): void {
  const wrong = SIZES.filter((name) => !(Number.isInteger(options[name]) && options[name] > 0));
  if (wrong.length > 0)
    throw new MisconfigurationError({
      message: `VisionTransformer: ${wrong.join(", ")} are no sizes.`,
      expected: "positive integers",
      received: wrong.map((name) => String(options[name])).join(", "),
    });
  const { imageSize, patchSize } = options;
  if (imageSize % patchSize === 0) return;
  throw new MisconfigurationError({
    message: "VisionTransformer: patches do not fill the image.",
    expected: "imageSize divisible by patchSize",
    received: `${imageSize} and ${patchSize}`,
  });
}
