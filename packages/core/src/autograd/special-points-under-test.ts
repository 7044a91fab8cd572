import * as nn from "../nn/index.js";
import { tf } from "../tensor/tf.js";

const F = nn.functional;

/** What a case passes beside its tensors. */
export interface Attributes {
  readonly axis?: number | number[];
  readonly keepDims?: boolean;
  readonly order?: number | "Infinity" | "-Infinity";
  readonly exponent?: number;
  readonly slope?: number;
  readonly low?: number;
  readonly high?: number;
}

type Inputs = readonly tf.Tensor[];
type Operation = (inputs: Inputs, attributes: Attributes) => tf.Tensor;

const at = (inputs: Inputs, index: number): tf.Tensor => {
  const input = inputs[index];
  if (input === undefined) throw new RangeError(`The case has no input ${index}.`);
  return input;
};
const one =
  (apply: (a: tf.Tensor) => tf.Tensor): Operation =>
  (inputs) =>
    apply(at(inputs, 0));
const two =
  (apply: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Operation =>
  (inputs) =>
    apply(at(inputs, 0), at(inputs, 1));
const three =
  (apply: (a: tf.Tensor, b: tf.Tensor, c: tf.Tensor) => tf.Tensor): Operation =>
  (inputs) =>
    apply(at(inputs, 0), at(inputs, 1), at(inputs, 2));
const reduced =
  (apply: (a: tf.Tensor, axis?: number | number[], keepDims?: boolean) => tf.Tensor): Operation =>
  (inputs, { axis, keepDims }) =>
    apply(at(inputs, 0), axis, keepDims);
const mapped = <TValue>(
  functions: Readonly<Record<string, TValue>>,
  wrap: (value: TValue) => Operation,
): Record<string, Operation> =>
  Object.fromEntries(Object.entries(functions).map(([name, value]) => [name, wrap(value)]));
const vector = (inputs: Inputs, index: number): tf.Tensor1D => tf.reshape<tf.Rank.R1>(at(inputs, index), [-1]);
const integers = (x: tf.Tensor): tf.Tensor => tf.cast(x, "int32");
const size = ({ shape }: tf.Tensor, axis: number): number => shape[axis] ?? 1;
const image = (x: tf.Tensor): tf.Tensor4D => x.as4D(size(x, 0), size(x, 1), size(x, 2), size(x, 3));
const volume = (x: tf.Tensor): tf.Tensor5D => x.as5D(size(x, 0), size(x, 1), size(x, 2), size(x, 3), size(x, 4));
const single = { reduction: "none" } as const;

const UNARY: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
  abs: tf.abs,
  acos: tf.acos,
  acosh: tf.acosh,
  asin: tf.asin,
  asinh: tf.asinh,
  atan: tf.atan,
  atanh: tf.atanh,
  ceil: tf.ceil,
  cos: tf.cos,
  cosh: tf.cosh,
  erf: tf.erf,
  exp: tf.exp,
  expm1: tf.expm1,
  floor: tf.floor,
  log: tf.log,
  log1p: tf.log1p,
  logSigmoid: tf.logSigmoid,
  neg: tf.neg,
  reciprocal: tf.reciprocal,
  round: tf.round,
  rsqrt: tf.rsqrt,
  sigmoid: tf.sigmoid,
  sign: tf.sign,
  sin: tf.sin,
  sinh: tf.sinh,
  softplus: tf.softplus,
  sqrt: tf.sqrt,
  square: tf.square,
  tan: tf.tan,
  tanh: tf.tanh,
  relu: tf.relu,
  relu6: tf.relu6,
  elu: tf.elu,
  selu: tf.selu,
  step: (x) => tf.step(x),
  isNaN: tf.isNaN,
  isInf: tf.isInf,
  isFinite: tf.isFinite,
  pad: (x) => tf.pad(x, [[1, 1]]),
  slice: (x) => tf.slice(x, 1, 1),
  tile: (x) => tf.tile(x, [2]),
  reverse: (x) => tf.reverse(x, 0),
  "F.relu": F.relu,
  "F.gelu": (x) => F.gelu(x),
  "F.gelu tanh": (x) => F.gelu(x, { approximate: "tanh" }),
  "F.silu": F.silu,
  "F.elu": F.elu,
  "F.softplus": F.softplus,
  "F.sigmoid": F.sigmoid,
  "F.tanh": F.tanh,
  "F.leakyRelu": (x) => F.leakyRelu(x),
  "F.dropout of everything": (x) => F.dropout(x, { p: 1 }),
  softmax: (x) => tf.softmax(x),
  logSoftmax: (x) => tf.logSoftmax(x),
  "F.softmax": (x) => F.softmax(x),
  "F.logSoftmax": (x) => F.logSoftmax(x),
  "log of a clamped number": (x) => tf.log(tf.maximum(x, 1e-7)),
  norm: (x) => tf.norm(x),
  "Frobenius norm": (x) => tf.norm(x, "fro", [1, 2]),
  variance: (x) => tf.moments(x).variance,
  "square root of variance": (x) => tf.sqrt(tf.moments(x).variance),
  topk: (x) => tf.topk(x, 2).values,
  "F.maxPool2d": (x) => F.maxPool2d(x, 2),
  "F.maxPool2d overlapping": (x) => F.maxPool2d(x, 2, { stride: 1 }),
  "F.maxPool1d": (x) => F.maxPool1d(x, 2),
  "F.maxPool2d padded": (x) => F.maxPool2d(x, 3, { stride: 2, padding: 1 }),
  "F.avgPool2d": (x) => F.avgPool2d(x, 2),
  split: (x) => tf.split(x, 2)[1] ?? x,
  unstack: (x) => tf.unstack(x)[1] ?? x,
  "split of one part": (x) => tf.split(x, 1)[0] ?? x,
  "unstack of one part": (x) => tf.unstack(x)[0] ?? x,
  transpose: (x) => tf.transpose(x),
  broadcastTo: (x) => tf.broadcastTo(x, [2, 3]),
  localResponseNormalization: (x) => tf.localResponseNormalization(image(x), 1, 1, 1, 0.5),
  "mirrorPad reflect": (x) => tf.mirrorPad(x, [[2, 1]], "reflect"),
  "mirrorPad symmetric": (x) => tf.mirrorPad(x, [[2, 1]], "symmetric"),
  "mirrorPad reflect of rows and columns": (x) =>
    tf.mirrorPad(
      x,
      [
        [1, 1],
        [1, 1],
      ],
      "reflect",
    ),
  depthToSpace: (x) => tf.depthToSpace(image(x), 2),
  spaceToBatchND: (x) =>
    tf.spaceToBatchND(
      x,
      [2, 2],
      [
        [0, 0],
        [0, 0],
      ],
    ),
  batchToSpaceND: (x) =>
    tf.batchToSpaceND(
      x,
      [2, 2],
      [
        [0, 0],
        [0, 0],
      ],
    ),
  stridedSlice: (x) => tf.stridedSlice(x, [1], [6], [2]),
  "stridedSlice backwards": (x) => tf.stridedSlice(x, [6], [1], [-2]),
  "stridedSlice of rows and columns": (x) => tf.stridedSlice(x, [0, 1], [3, 4], [2, 2]),
  diag: (x) => tf.diag(x),
  bandPart: (x) => tf.linalg.bandPart(x, -1, 0),
  flipLeftRight: (x) => tf.image.flipLeftRight(image(x)),
  resizeBilinear: (x) => tf.image.resizeBilinear(image(x), [3, 3], false, true),
  resizeNearestNeighbor: (x) => tf.image.resizeNearestNeighbor(image(x), [4, 4]),
  "resizeBilinear of corners": (x) => tf.image.resizeBilinear(image(x), [3, 5], true),
  "resizeNearestNeighbor to less": (x) => tf.image.resizeNearestNeighbor(image(x), [1, 2]),
  "tile of two axes": (x) => tf.tile(x, [3, 2]),
  "tile of five dimensions": (x) => tf.tile(x, [1, 2, 1, 1, 2]),
  maxPool: (x) => tf.maxPool(image(x), 2, 2, "valid"),
  "maxPool overlapping": (x) => tf.maxPool(image(x), 2, 1, "valid"),
  avgPool: (x) => tf.avgPool(image(x), 2, 2, "valid"),
  maxPool3d: (x) => tf.maxPool3d(volume(x), 2, 2, "valid"),
  avgPool3d: (x) => tf.avgPool3d(volume(x), 2, 2, "valid"),
  normalize: (x) => tf.div(x, tf.maximum(tf.norm(x, 2, 1, true), 1e-12)),
};

const BINARY: Readonly<Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor>> = {
  add: tf.add,
  sub: tf.sub,
  mul: tf.mul,
  div: tf.div,
  pow: tf.pow,
  maximum: tf.maximum,
  minimum: tf.minimum,
  atan2: tf.atan2,
  mod: tf.mod,
  floorDiv: tf.floorDiv,
  squaredDifference: tf.squaredDifference,
  equal: tf.equal,
  notEqual: tf.notEqual,
  less: tf.less,
  lessEqual: tf.lessEqual,
  greater: tf.greater,
  greaterEqual: tf.greaterEqual,
  "squared difference of equals": tf.squaredDifference,
  prelu: tf.prelu,
  matMul: (a, b) => tf.matMul(a, b),
  gather: (a, b) => tf.gather(a, integers(b)),
  concat: (a, b) => tf.concat([a, b]),
  stack: (a, b) => tf.stack([a, b]),
  "F.l1Loss": (a, b) => F.l1Loss(a, b, single),
  "F.mseLoss": (a, b) => F.mseLoss(a, b, single),
  "F.smoothL1Loss": (a, b) => F.smoothL1Loss(a, b, single),
  "F.l1Loss mean": F.l1Loss,
  "F.mseLoss mean": F.mseLoss,
  "F.smoothL1Loss mean": F.smoothL1Loss,
  "F.nllLoss": F.nllLoss,
  "F.smoothL1Loss of beta 0": (a, b) => F.smoothL1Loss(a, b, { ...single, beta: 0 }),
  "F.smoothL1Loss of beta 0.5": (a, b) => F.smoothL1Loss(a, b, { ...single, beta: 0.5 }),
  "F.binaryCrossEntropyWithLogits": (a, b) => F.binaryCrossEntropyWithLogits(a, b, single),
  "F.binaryCrossEntropyWithLogits mean": F.binaryCrossEntropyWithLogits,
  "F.binaryCrossEntropy": (a, b) => F.binaryCrossEntropy(a, b, single),
  "F.binaryCrossEntropy mean": F.binaryCrossEntropy,
  "F.binaryCrossEntropy of a sigmoid": (a, b) => F.binaryCrossEntropy(tf.sigmoid(a), b, single),
  "F.crossEntropy": (a, b) => F.crossEntropy(a, b, single),
  "F.crossEntropy mean": F.crossEntropy,
  "F.crossEntropy sum": (a, b) => F.crossEntropy(a, b, { reduction: "sum" }),
  "F.crossEntropy smoothed": (a, b) => F.crossEntropy(a, b, { labelSmoothing: 0.1 }),
  "F.crossEntropy of probabilities": F.crossEntropy,
  "losses.absoluteDifference": (a, b) => tf.losses.absoluteDifference(b, a),
  "losses.meanSquaredError": (a, b) => tf.losses.meanSquaredError(b, a),
  "losses.huberLoss": (a, b) => tf.losses.huberLoss(b, a),
  "losses.sigmoidCrossEntropy": (a, b) => tf.losses.sigmoidCrossEntropy(b, a),
  "losses.softmaxCrossEntropy": (a, b) => tf.losses.softmaxCrossEntropy(b, a),
  "losses.hingeLoss": (a, b) => tf.losses.hingeLoss(b, a),
  "losses.logLoss": (a, b) => tf.losses.logLoss(b, a),
  "stable sigmoid cross-entropy, written out": (a, b) =>
    tf.add(tf.sub(tf.relu(a), tf.mul(a, b)), tf.log1p(tf.exp(tf.neg(tf.abs(a))))),
  "Kullback-Leibler divergence": (a, b) => tf.where(tf.greater(b, 0), tf.mul(b, tf.sub(tf.log(b), a)), tf.zerosLike(b)),
  "cosine similarity": (a, b) =>
    tf.div(tf.sum(tf.mul(a, b), 1), tf.mul(tf.maximum(tf.norm(a, 2, 1), 1e-8), tf.maximum(tf.norm(b, 2, 1), 1e-8))),
  addN: (a, b) => tf.addN([a, b]),
  einsum: (a, b) => tf.einsum("ij,jk->ik", a, b),
  gatherND: (a, b) => tf.gatherND(a, integers(b)),
  scatterND: (a, b) => tf.scatterND(integers(b), a, [3]),
  unsortedSegmentSum: (a, b) => tf.unsortedSegmentSum(a, tf.reshape<tf.Rank.R1>(integers(b), [-1]), 3),
  conv2d: (a, b) => tf.conv2d(image(a), image(b), 1, "valid"),
  depthwiseConv2d: (a, b) => tf.depthwiseConv2d(image(a), image(b), 1, "valid"),
  conv2dTranspose: (a, b) => tf.conv2dTranspose(image(a), image(b), [1, 2, 2, 1], 1, "valid"),
  conv3d: (a, b) => tf.conv3d(volume(a), volume(b), 1, "valid"),
  "F.conv1d with padding": (a, b) => F.conv1d(a, b, undefined, { padding: 1 }),
  "F.conv2d with padding": (a, b) => F.conv2d(a, b, undefined, { padding: 1 }),
  "F.conv3d with padding": (a, b) => F.conv3d(a, b, undefined, { padding: 1 }),
  "F.conv1d of single channels with padding": (a, b) => F.conv1d(a, b, undefined, { padding: 1, groups: 2 }),
  "F.conv2d of single channels with padding": (a, b) => F.conv2d(a, b, undefined, { padding: 1, groups: 2 }),
  "Euclidean distance": (a, b) => tf.norm(tf.sub(a, b), 2, 1),
};

/** Every function of the fixture, by the name it has there. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  ...mapped(UNARY, one),
  ...mapped(BINARY, two),
  ...mapped({ max: tf.max, min: tf.min, sum: tf.sum, mean: tf.mean, prod: tf.prod, logSumExp: tf.logSumExp }, reduced),
  leakyRelu: (inputs, { slope }) => tf.leakyRelu(at(inputs, 0), slope),
  clipByValue: (inputs, { low = 0, high = 0 }) => tf.clipByValue(at(inputs, 0), low, high),
  "pow of a scalar exponent": (inputs, { exponent = 0 }) => tf.pow(at(inputs, 0), exponent),
  where: three((a, b, c) => tf.where(tf.cast(c, "bool"), a, b)),
  tensorScatterUpdate: three((a, b, c) => tf.tensorScatterUpdate(a, integers(b), c)),
  batchNorm: (inputs) =>
    tf.batchNorm(at(inputs, 0), vector(inputs, 1), vector(inputs, 2), vector(inputs, 3), vector(inputs, 4), 0.001),
  argMax: (inputs, { axis }) => tf.argMax(at(inputs, 0), Number(axis)),
  argMin: (inputs, { axis }) => tf.argMin(at(inputs, 0), Number(axis)),
  cumsum: (inputs, { axis }) => tf.cumsum(at(inputs, 0), Number(axis)),
  cumprod: (inputs, { axis }) => tf.cumprod(at(inputs, 0), Number(axis)),
  "cumprod exclusive": (inputs) => tf.cumprod(at(inputs, 0), 1, true),
  "cumprod reversed": (inputs) => tf.cumprod(at(inputs, 0), 1, false, true),
  "norm along an axis": (inputs, { order }) => tf.norm(at(inputs, 0), Number(order), 1),
  "F.linear": three((a, b, c) => F.linear(a, b, c)),
  "F.linear with relu": three((a, b, c) => F.linear(a, b, c, { activation: "relu" })),
  "F.layerNorm": three((a, weight, bias) => F.layerNorm(a, weight.shape, { weight, bias })),
  "F.groupNorm": three((a, weight, bias) => F.groupNorm(a, 2, { weight, bias })),
  "F.batchNorm": three((a, weight, bias) => F.batchNorm(a, { weight, bias, training: true })),
  "F.binaryCrossEntropyWithLogits with posWeight": three((a, b, posWeight) =>
    F.binaryCrossEntropyWithLogits(a, b, { ...single, posWeight }),
  ),
  "F.crossEntropy weighted": three((a, b, weight) => F.crossEntropy(a, b, { weight })),
  "F.attention": three((a, b, c) => F.scaledDotProductAttention(a, b, c)),
  "F.attention causal": three((a, b, c) => F.scaledDotProductAttention(a, b, c, { isCausal: true, scale: 1 })),
  "F.attention with a mask": (inputs) =>
    F.scaledDotProductAttention(at(inputs, 0), at(inputs, 1), at(inputs, 2), { attnMask: at(inputs, 3) }),
  "F.attention with a mask and causal": (inputs) =>
    F.scaledDotProductAttention(at(inputs, 0), at(inputs, 1), at(inputs, 2), {
      attnMask: at(inputs, 3),
      isCausal: true,
    }),
};
