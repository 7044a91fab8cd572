import { clipGradNorm, F, grad, Parameter, tf } from "lightning-ts/core";
import { type Case, indices, numbers, shares } from "./case.js";

const everywhere = (name: string, run: Case["run"]): Case => ({ name, bits: "everywhere", run });
const perThreads = (name: string, run: Case["run"]): Case => ({ name, bits: "per number of threads", run });

/** A result and its gradient in `x`, given some gradient of the result. */
function withGradient(x: tf.Tensor, compute: (x: tf.Tensor) => tf.Tensor): tf.Tensor[] {
  const y = compute(x);
  const [gradient] = grad(y, [x], { gradOutputs: [numbers(y.shape, 11)] });
  return gradient === null || gradient === undefined ? [y] : [y, gradient];
}

const square = (size: number) => [Math.ceil(size / 257), 257];
const cube = (size: number) => [Math.ceil(size / (17 * 31)), 17, 31];

const SCATTERS: readonly Case[] = [
  everywhere("unsortedSegmentSum, wide", (size) =>
    withGradient(numbers([Math.ceil(size / 384), 384]), (x) => tf.unsortedSegmentSum(x, ids(x.shape[0] ?? 0, 65), 65)),
  ),
  everywhere("unsortedSegmentSum, narrow", (size) =>
    withGradient(numbers([Math.ceil(size / 5), 5]), (x) => tf.unsortedSegmentSum(x, ids(x.shape[0] ?? 0, 1000), 1000)),
  ),
  everywhere("unsortedSegmentSum of numbers", (size) =>
    withGradient(numbers([size]), (x) => tf.unsortedSegmentSum(x, ids(size, 3), 3)),
  ),
  everywhere("unsortedSegmentSum into many rows", (size) =>
    withGradient(numbers([Math.ceil(size / 16), 16]), (x) =>
      tf.unsortedSegmentSum(x, ids(x.shape[0] ?? 0, 40_000), 40_000),
    ),
  ),
  everywhere("gather", (size) => withGradient(numbers([100, 64]), (x) => tf.gather(x, ids(Math.ceil(size / 64), 100)))),
  everywhere("gather along axis 1", (size) =>
    withGradient(numbers([12, 50]), (x) => tf.gather(x, ids(Math.ceil(size / 12), 50), 1)),
  ),
  everywhere("gatherND", (size) =>
    withGradient(numbers([9, 11, 8]), (x) => tf.gatherND(x, pairs(Math.ceil(size / 8), 9, 11))),
  ),
  everywhere("scatterND", (size) =>
    withGradient(numbers([Math.ceil(size / 8), 8]), (x) => tf.scatterND(pairs(x.shape[0] ?? 0, 9, 11), x, [9, 11, 8])),
  ),
  everywhere("scatterND of integers", (size) => [tf.scatterND(pairs(size, 9, 11), indices([size], 1000), [9, 11])]),
  everywhere("tensorScatterUpdate", (size) => [
    tf.tensorScatterUpdate(
      numbers([300, 16]),
      tf.reshape(ids(Math.ceil(size / 16), 300), [-1, 1]),
      numbers([Math.ceil(size / 16), 16], 5),
    ),
  ]),
  everywhere("sparseToDense", (size) => [tf.sparseToDense(ids(size, 5000), numbers([size]), [5000], 0)]),
  everywhere("bincount", (size) => [tf.bincount(ids(size, 100), tf.reshape<tf.Rank.R1>(numbers([size]), [size]), 100)]),
  everywhere("oneHot", (size) => [tf.oneHot(ids(Math.ceil(size / 10), 10), 10)]),
];

function ids(count: number, below: number): tf.Tensor1D {
  return tf.reshape(indices([count], below), [count]);
}

function pairs(count: number, first: number, second: number): tf.Tensor {
  return tf.stack([indices([count], first, 5), indices([count], second, 6)], 1);
}

type AxesCase = readonly [name: string, axes: number[] | undefined];
const AXES: readonly AxesCase[] = [
  ["all axes", undefined],
  ["axis 0", [0]],
  ["axis 1", [1]],
  ["axis 2", [2]],
  ["axes 0 and 2", [0, 2]],
];

const REDUCTIONS: readonly Case[] = [
  ...AXES.flatMap(([name, axes]) => [
    everywhere(`sum, ${name}`, (size) => withGradient(numbers(cube(size)), (x) => tf.sum(x, axes))),
    everywhere(`mean, ${name}`, (size) => withGradient(numbers(cube(size)), (x) => tf.mean(x, axes))),
    everywhere(`max, ${name}`, (size) => withGradient(numbers(cube(size)), (x) => tf.max(x, axes))),
    everywhere(`logSumExp, ${name}`, (size) => withGradient(shares(cube(size)), (x) => tf.logSumExp(x, axes))),
    everywhere(`moments, ${name}`, (size) => withGradient(numbers(cube(size)), (x) => tf.moments(x, axes).variance)),
    everywhere(`euclidean norm, ${name}`, (size) =>
      withGradient(numbers(cube(size)), (x) => tf.sqrt(tf.sum(tf.square(x), axes))),
    ),
  ]),
  everywhere("sum of one long axis", (size) => [tf.sum(numbers([size]))]),
  everywhere("sums of rows and columns that share blocks", (size) => {
    const rows = 16 * Math.ceil(size / 16_144);
    return [
      ...withGradient(numbers([rows, 1009]), (x) => tf.sum(x, 1)),
      tf.mean(numbers([rows, 1009, 2]), 1),
      tf.sum(numbers([rows + 1, 1009]), 1),
    ];
  }),
  everywhere("sum over axis 0 of two columns", (size) => [tf.sum(numbers([Math.ceil(size / 2), 2]), 0)]),
  everywhere("min", (size) => [tf.min(numbers(square(size)), 1)]),
  everywhere("prod", (size) => [
    tf.prod(tf.add(shares([Math.ceil(size / 40), 40]), 0.5), 1),
    tf.prod(tf.add(shares([40, Math.ceil(size / 40)]), 0.5), 0),
  ]),
  everywhere("argMax", (size) => [tf.argMax(numbers(square(size)), 1), tf.argMin(numbers(square(size)), 0)]),
  everywhere("all and any", (size) => [
    tf.all(tf.greater(numbers(square(size)), -1), 0),
    tf.any(tf.greater(numbers(square(size)), 400), 1),
  ]),
  everywhere("cumsum", (size) => withGradient(numbers(square(size)), (x) => tf.cumsum(x, 1))),
  everywhere("cumsum of one long axis", (size) => [tf.cumsum(numbers([size])), tf.cumsum(numbers(square(size)), 0)]),
  everywhere("cumprod", (size) => [tf.cumprod(tf.add(shares(square(size)), 0.5), 1)]),
  everywhere("softmax", (size) => withGradient(numbers(square(size)), (x) => tf.softmax(x))),
  everywhere("topk", (size) => [tf.topk(numbers(square(size)), 5).values, tf.topk(numbers(square(size)), 5).indices]),
  everywhere("addN", (size) => [tf.addN([1, 2, 3, 4].map((seed) => numbers([size], seed)))]),
  everywhere("localResponseNormalization", (size) =>
    withGradient(shares([Math.ceil(size / 968), 11, 11, 8]), (x) =>
      tf.localResponseNormalization(tf.reshape<tf.Rank.R4>(x, [-1, 11, 11, 8])),
    ),
  ),
];

const BROADCASTS: readonly Case[] = [
  everywhere("gradient of a broadcast row", (size) =>
    withGradient(numbers([257]), (x) => tf.add(numbers(square(size), 4), x)),
  ),
  everywhere("gradient of a broadcast column", (size) =>
    withGradient(numbers([Math.ceil(size / 257), 1]), (x) => tf.mul(numbers(square(size), 4), x)),
  ),
  everywhere("gradient of a broadcast number", (size) =>
    withGradient(numbers([1]), (x) => tf.mul(numbers(square(size), 4), x)),
  ),
  everywhere("gradient of tile", (size) =>
    withGradient(numbers([13, 7]), (x) => tf.tile(x, [Math.ceil(size / 91), 1])),
  ),
  everywhere("prelu", (size) => withGradient(numbers([257]), (x) => tf.prelu(numbers(square(size), 4), x))),
];

const LOSSES: readonly Case[] = [
  everywhere("crossEntropy", (size) =>
    withGradient(numbers([Math.ceil(size / 50), 50]), (x) => F.crossEntropy(x, ids(x.shape[0] ?? 0, 50))),
  ),
  everywhere("crossEntropy of pixels", (size) =>
    withGradient(numbers([Math.ceil(size / 2000), 5, 20, 20]), (x) =>
      F.crossEntropy(x, indices([x.shape[0] ?? 0, 20, 20], 5)),
    ),
  ),
  everywhere("nllLoss", (size) =>
    withGradient(tf.neg(shares([Math.ceil(size / 50), 50])), (x) => F.nllLoss(x, ids(x.shape[0] ?? 0, 50))),
  ),
  everywhere("mseLoss", (size) => withGradient(numbers([size]), (x) => F.mseLoss(x, numbers([size], 4)))),
  everywhere("l1Loss", (size) => withGradient(numbers([size]), (x) => F.l1Loss(x, numbers([size], 4)))),
  everywhere("smoothL1Loss", (size) => withGradient(numbers([size]), (x) => F.smoothL1Loss(x, numbers([size], 4)))),
  everywhere("binaryCrossEntropy", (size) =>
    withGradient(shares([size]), (x) => F.binaryCrossEntropy(x, shares([size], 4))),
  ),
  everywhere("binaryCrossEntropyWithLogits", (size) =>
    withGradient(numbers([size]), (x) => F.binaryCrossEntropyWithLogits(x, shares([size], 4))),
  ),
  everywhere("clipGradNorm", (size) => {
    const parameters = [numbers([size]), numbers(square(size), 4)].map((gradient) => {
      const parameter = Parameter.fromData(new Float32Array(gradient.size), gradient.shape);
      parameter.grad = gradient;
      return parameter;
    });
    const norm = clipGradNorm(parameters, 1);
    return [norm, ...parameters.map((parameter) => tf.clone(parameter.grad ?? norm))];
  }),
];

const IMAGES: readonly Case[] = [
  everywhere("dilation2d", (size) =>
    withGradient(numbers([Math.ceil(size / 484), 11, 11, 4]), (x) =>
      tf.dilation2d(
        tf.reshape<tf.Rank.R4>(x, [-1, 11, 11, 4]),
        tf.reshape<tf.Rank.R3>(numbers([36], 4), [3, 3, 4]),
        1,
        "same",
      ),
    ),
  ),
  everywhere("maxPool, overlapping", (size) =>
    withGradient(numbers([Math.ceil(size / 3844), 31, 31, 4]), (x) =>
      tf.maxPool(tf.reshape<tf.Rank.R4>(x, [-1, 31, 31, 4]), 3, 1, "same"),
    ),
  ),
  everywhere("avgPool, overlapping", (size) =>
    withGradient(numbers([Math.ceil(size / 3844), 31, 31, 4]), (x) =>
      tf.avgPool(tf.reshape<tf.Rank.R4>(x, [-1, 31, 31, 4]), 3, 1, "same"),
    ),
  ),
  perThreads("resizeBilinear", (size) =>
    withGradient(numbers([Math.ceil(size / 3844), 31, 31, 4]), (x) =>
      tf.image.resizeBilinear(tf.reshape<tf.Rank.R4>(x, [-1, 31, 31, 4]), [40, 53]),
    ),
  ),
  perThreads("resizeNearestNeighbor", (size) =>
    withGradient(numbers([Math.ceil(size / 3844), 31, 31, 4]), (x) =>
      tf.image.resizeNearestNeighbor(tf.reshape<tf.Rank.R4>(x, [-1, 31, 31, 4]), [40, 53]),
    ),
  ),
  everywhere("matMul by one column", (size) =>
    withGradient(numbers([Math.ceil(size / 384), 384]), (x) => tf.matMul(x, numbers([384, 1], 4))),
  ),
  everywhere("matMul by one column, a few long rows", (size) =>
    withGradient(numbers([3, Math.ceil(size / 3)]), (x) => tf.matMul(x, numbers([x.shape[1] ?? 0, 1], 4))),
  ),
  everywhere("matMul by one column each", (size) =>
    withGradient(numbers([2, Math.ceil(size / 514), 257]), (x) => tf.matMul(x, numbers([2, 257, 1], 4))),
  ),
  everywhere("einsum with one column", (size) =>
    withGradient(numbers([Math.ceil(size / 384), 384]), (x) => tf.einsum("ij,j->i", x, numbers([384], 4))),
  ),
  perThreads("matMul of few rows", (size) =>
    withGradient(numbers([16, Math.ceil(size / 16)]), (x) => tf.matMul(x, numbers([x.shape[1] ?? 0, 64], 4))),
  ),
  perThreads("matMul of as many rows as threads", (size) =>
    withGradient(numbers([3, Math.ceil(size / 3)]), (x) => tf.matMul(x, numbers([x.shape[1] ?? 0, 3], 4))),
  ),
  perThreads("matMul", (size) =>
    withGradient(numbers([200, Math.ceil(size / 200)]), (x) => tf.matMul(x, numbers([x.shape[1] ?? 0, 30], 4))),
  ),
  perThreads("einsum", (size) =>
    withGradient(numbers([7, 30, Math.ceil(size / 210)]), (x) =>
      tf.einsum("bij,bjk->bik", x, numbers([7, x.shape[2] ?? 0, 20], 4)),
    ),
  ),
  perThreads("scaledDotProductAttention", (size) =>
    withGradient(numbers([Math.ceil(size / 5760), 3, 60, 32]), (x) =>
      F.scaledDotProductAttention(x, x, x, { isCausal: true }),
    ),
  ),
];

/** Every scatter and reduction of tfjs that the engine computes, losses, and what products remain. */
export const KERNEL_CASES: readonly Case[] = [...SCATTERS, ...REDUCTIONS, ...BROADCASTS, ...LOSSES, ...IMAGES];
