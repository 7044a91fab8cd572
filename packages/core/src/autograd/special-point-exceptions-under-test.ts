/** Where a backend does not do at a special point what PyTorch does. */
export interface SpecialPointException {
  /** The names of the points that it concerns begin with one of these. */
  readonly points: readonly string[];
  /** What differs: the result, or gradients of inputs by their numbers. */
  readonly parts: readonly ("value" | number)[];
  /** @default all */
  readonly backends?: readonly string[];
  /**
   * The numbers that meet in one element, where every tensor of the point has one shape; others must agree. @default
   * all elements
   */
  readonly where?: (...numbers: number[]) => boolean;
  readonly reason: string;
}

const isTiny = (x: number): boolean => Math.abs(x) === 1e-30;
const isInfinite = (x: number): boolean => Math.abs(x) === Infinity;
const NAN_STAYS =
  "A number that is NaN has no derivative: NaN goes on, as everywhere. PyTorch compares, and what is not below passes the gradient on.";
const JAVASCRIPT_POW = "JavaScript's own power, which cpu's kernel is, says NaN where IEEE 754 says 1.";
const MODULUS = "The remainder by an infinity, and of one, follows tfjs' kernels, which the conformance suite holds.";
const POOL_OF_INFINITY =
  "A window of nothing but -Infinity, as masks make them: its elements get 0, and PyTorch's first gets all.";
const POOL_OF_NAN = "tfjs' kernel and ONNX Runtime's pass over NaN; a guard would slow every convolutional network.";

const SIGMOID_TAIL =
  "ONNX Runtime's sigmoid and softplus are 0 where they are below about 1e-8. In losses use what takes logits.";
const EXP_MINUS_ONE = "Computed as exp(x) - 1, which is exact to 6e-8.";
const WASM_TINY = "tfjs' wasm kernels take numbers this small for 0.";
const WASM_NAN = "tfjs' wasm kernels compare, and NaN loses.";
const PADDING_IS_ZERO =
  "The padding is multiplied like other zeros, as in every other convolution; PyTorch's for single channels leaves it out.";

export const EXCEPTIONS: readonly SpecialPointException[] = [
  {
    points: ["relu: special", "F.relu: special", "elu: special", "F.elu: special", "selu: special"],
    parts: [0],
    where: Number.isNaN,
    reason: NAN_STAYS,
  },
  {
    points: ["relu: NaN", "F.relu: NaN"],
    parts: [0],
    reason: "The gradient is a product with 0 or 1, six times faster than selecting; what flows in is broken already.",
  },
  {
    points: ["F.gelu: special"],
    parts: ["value"],
    where: (x) => x === Infinity,
    reason: "PyTorch's vectorized gelu says NaN for Infinity; its limit is Infinity.",
  },
  {
    points: ["step: special"],
    parts: ["value"],
    where: Number.isNaN,
    reason: "NaN stays NaN, as tf.step documents it.",
  },
  {
    points: ["pow: all pairs"],
    parts: ["value", 0],
    backends: ["cpu"],
    where: (a, b) => Math.abs(a) === 1 && !Number.isFinite(b),
    reason: JAVASCRIPT_POW,
  },
  {
    points: ["pow: all pairs"],
    parts: [1],
    backends: ["cpu"],
    where: (a, b) => a === 1 && !Number.isFinite(b),
    reason: JAVASCRIPT_POW,
  },
  { points: ["mod: all pairs"], parts: ["value"], where: (_, b) => isInfinite(b), reason: MODULUS },
  { points: ["mod: all pairs"], parts: [1], where: (a, b) => isInfinite(a) || isInfinite(b), reason: MODULUS },
  {
    points: ["floorDiv: all pairs"],
    parts: ["value"],
    reason: "tf.floorDiv gives int32, which has no NaN and no infinities.",
  },
  {
    points: ["argMax: NaN", "argMin: NaN"],
    parts: ["value"],
    reason: "A row with NaN has no largest element; tfjs compares, and a check would cost a pass over every row.",
  },
  { points: ["F.maxPool2d: ties"], parts: [0], reason: POOL_OF_INFINITY },
  { points: ["F.maxPool2d overlapping: ties"], parts: [0], backends: ["cpu"], reason: POOL_OF_INFINITY },
  { points: ["F.maxPool2d: NaN"], parts: ["value", 0], reason: POOL_OF_NAN },
  {
    points: ["F.crossEntropy weighted: all weights zero"],
    parts: [0],
    reason: "The loss is NaN, as there; the gradient is 0 instead, so that one such batch does not destroy the model.",
  },
  {
    points: ["F.crossEntropy weighted: an infinite logit in a row of weight zero"],
    parts: ["value"],
    reason:
      "A row of weight 0 does not count, so what it holds cannot make the loss NaN; the logits' own gradients are NaN, as there.",
  },
  {
    points: ["logSumExp: an infinity above others"],
    parts: [0],
    where: (x) => x === 100,
    reason:
      "exp(100) / Infinity in float32, for numbers above 88 beside an Infinity, whose own gradient is NaN there too.",
  },
  {
    points: ["F.binaryCrossEntropy of a sigmoid: saturation"],
    parts: ["value", 0],
    backends: ["onnxruntime"],
    where: (x) => x === -20,
    reason: "ONNX Runtime's sigmoid is 0 below -18. Use binaryCrossEntropyWithLogits.",
  },
  {
    points: ["elu: special", "F.elu: special"],
    parts: ["value"],
    backends: ["cpu"],
    where: isTiny,
    reason: EXP_MINUS_ONE,
  },
  { points: ["elu: special", "F.elu: special"], parts: [0], where: (x) => x === -30, reason: EXP_MINUS_ONE },
  { points: ["selu: special"], parts: ["value"], backends: ["cpu", "wasm"], where: isTiny, reason: EXP_MINUS_ONE },
  {
    points: ["sigmoid: special", "F.sigmoid: special"],
    parts: ["value", 0],
    backends: ["onnxruntime"],
    where: (x) => x === -30,
    reason: SIGMOID_TAIL,
  },
  {
    points: ["F.silu: special"],
    parts: ["value", 0],
    backends: ["onnxruntime"],
    where: (x) => x === -30,
    reason: SIGMOID_TAIL,
  },
  {
    points: ["softplus: special", "F.softplus: special"],
    parts: [0],
    backends: ["onnxruntime"],
    where: (x) => x === -30,
    reason: SIGMOID_TAIL,
  },
  {
    points: ["logSigmoid: special"],
    parts: [0],
    backends: ["onnxruntime"],
    where: (x) => x === 30,
    reason: SIGMOID_TAIL,
  },
  {
    points: ["F.binaryCrossEntropyWithLogits: gradients"],
    parts: [0],
    where: (x) => x === -30,
    reason: "1 - sigmoid(30), which is exact to 6e-8.",
  },
  { points: ["abs: special"], parts: [0], backends: ["wasm"], where: isTiny, reason: WASM_TINY },
  { points: ["cos: special"], parts: [0], backends: ["wasm"], where: isTiny, reason: WASM_TINY },
  {
    points: ["log1p: special", "sign: special", "sin: special"],
    parts: ["value"],
    backends: ["wasm"],
    where: isTiny,
    reason: WASM_TINY,
  },
  {
    points: ["relu6: special", "clipByValue: special"],
    parts: ["value"],
    backends: ["wasm"],
    where: Number.isNaN,
    reason: WASM_NAN,
  },
  {
    points: ["maximum: all pairs", "minimum: all pairs"],
    parts: ["value"],
    backends: ["wasm"],
    where: (_, b) => Number.isNaN(b),
    reason: WASM_NAN,
  },
  {
    points: ["F.maxPool2d overlapping: ties", "F.maxPool2d padded: ties", "maxPool: ties", "maxPool overlapping: ties"],
    parts: [0],
    backends: ["wasm"],
    reason: "tfjs' wasm kernel gives the gradient to the last of the largest elements, PyTorch to the first.",
  },
  {
    points: ["maxPool3d: ties"],
    parts: [0],
    backends: ["cpu", "wasm"],
    reason: "tfjs' kernels give the gradient to the last of the largest elements, PyTorch to the first.",
  },
  {
    points: ["F.conv1d of single channels with padding: NaN", "F.conv2d of single channels with padding: NaN"],
    parts: [1],
    reason: PADDING_IS_ZERO,
  },
];
