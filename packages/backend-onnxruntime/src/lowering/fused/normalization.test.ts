import { beforeAll, describe, expect, it } from "vitest";
import { expectClose } from "./testing/expect-close.js";
import { NdArray } from "./testing/nd-array.js";
import { TestRandom } from "./testing/random-array.js";
import { runFused, useEngine } from "./testing/run-fused.js";

beforeAll(useEngine);

const EPS = 1e-3;

interface Grouping {
  /** Which statistics an element belongs to. */
  readonly group: (index: readonly number[]) => number[];
  readonly statisticsShape: readonly number[];
  /** Which weight it is multiplied with. */
  readonly channel: (index: readonly number[]) => number[];
  readonly weightShape: readonly number[];
}

function normalize(x: NdArray, { group, statisticsShape }: Grouping) {
  const [count, mean, variance] = [
    new NdArray(statisticsShape),
    new NdArray(statisticsShape),
    new NdArray(statisticsShape),
  ];
  for (const index of x.indices()) count.add(group(index), 1);
  for (const index of x.indices()) mean.add(group(index), x.get(index) / count.get(group(index)));
  for (const index of x.indices())
    variance.add(group(index), (x.get(index) - mean.get(group(index))) ** 2 / count.get(group(index)));
  const normal = new NdArray(x.shape);
  for (const index of x.indices())
    normal.add(index, (x.get(index) - mean.get(group(index))) / Math.sqrt(variance.get(group(index)) + EPS));
  return { count, mean, variance, normal };
}

/** y and the gradients, straight from the definition of a normalization with an affine map. */
function reference(
  grouping: Grouping,
  { x, dy, weight, bias }: { x: NdArray; dy: NdArray; weight: NdArray | undefined; bias: NdArray | undefined },
) {
  const { group, statisticsShape, channel, weightShape } = grouping;
  const { count, mean, variance, normal } = normalize(x, grouping);
  const [y, dx] = [new NdArray(x.shape), new NdArray(x.shape)];
  const [dweight, dbias] = [new NdArray(weightShape), new NdArray(weightShape)];
  const [sum, slope] = [new NdArray(statisticsShape), new NdArray(statisticsShape)];
  const scale = (index: readonly number[]) => weight?.get(channel(index)) ?? 1;
  for (const index of x.indices()) {
    y.add(index, normal.get(index) * scale(index) + (bias?.get(channel(index)) ?? 0));
    dweight.add(channel(index), dy.get(index) * normal.get(index));
    dbias.add(channel(index), dy.get(index));
    sum.add(group(index), dy.get(index) * scale(index));
    slope.add(group(index), dy.get(index) * scale(index) * normal.get(index));
  }
  for (const index of x.indices()) {
    const at = group(index);
    const centred = dy.get(index) * scale(index) - (sum.get(at) + normal.get(index) * slope.get(at)) / count.get(at);
    dx.add(index, centred / Math.sqrt(variance.get(at) + EPS));
  }
  return {
    y,
    dx,
    dweight,
    dbias,
    mean,
    variance,
    invStd: new NdArray(
      statisticsShape,
      variance.data.map((value) => 1 / Math.sqrt(value + EPS)),
    ),
  };
}

describe("layer norm", () => {
  it.each([
    { shape: [4, 6], dims: 1, affine: true },
    { shape: [2, 3, 5], dims: 1, affine: true },
    { shape: [2, 3, 5], dims: 2, affine: true },
    { shape: [2, 3, 5], dims: 2, affine: false },
    { shape: [5], dims: 1, affine: true },
  ])("normalizes the last $dims of $shape, affine: $affine", ({ shape, dims, affine }) => {
    const random = new TestRandom(2);
    const normalized = shape.slice(shape.length - dims);
    const [x, dy] = [random.array(shape), random.array(shape)];
    const [weight, bias] = affine ? [random.array(normalized), random.array(normalized)] : [undefined, undefined];
    const expected = reference(
      {
        group: (index) => index.map((position, axis) => (axis < shape.length - dims ? position : 0)),
        statisticsShape: shape.map((size, axis) => (axis < shape.length - dims ? size : 1)),
        channel: (index) => index.slice(shape.length - dims),
        weightShape: normalized,
      },
      { x, dy, weight, bias },
    );
    const [y, mean, invStd] = runFused("lit.LayerNorm", { x, weight, bias }, { dims, eps: EPS });
    expectClose(y, expected.y);
    expectClose(mean, expected.mean);
    expectClose(invStd, expected.invStd);
    const [dx, dweight, dbias] = runFused("lit.LayerNormGrad", { dy, x, weight, mean, invStd }, { dims, eps: EPS });
    expectClose(dx, expected.dx);
    expectClose(dweight, expected.dweight);
    expectClose(dbias, expected.dbias);
  });

  it("has no rows to normalize in an empty batch", () => {
    const x = new NdArray([0, 4]);
    const shapes = runFused("lit.LayerNorm", { x }, { dims: 1, eps: EPS }).map(({ shape }) => shape);
    expect(shapes).toEqual([
      [0, 4],
      [0, 1],
      [0, 1],
    ]);
  });
});

describe("batch norm", () => {
  const grouping = (shape: readonly number[]): Grouping => ({
    group: (index) => index.slice(1, 2),
    statisticsShape: shape.slice(1, 2),
    channel: (index) => index.slice(1, 2),
    weightShape: shape.slice(1, 2),
  });

  it.each([
    { shape: [6, 3], affine: true },
    { shape: [4, 3, 5], affine: false },
    { shape: [3, 4, 5, 2], affine: true },
    { shape: [2, 2, 3, 2, 3], affine: true },
    { shape: [9, 4, 2, 3], affine: true },
    { shape: [8, 3, 2], affine: false },
  ])("normalizes the channels of $shape, affine: $affine", ({ shape, affine }) => {
    const random = new TestRandom(4);
    const [x, dy] = [random.array(shape), random.array(shape)];
    const [weight, bias] = affine
      ? [random.array(shape.slice(1, 2)), random.array(shape.slice(1, 2))]
      : [undefined, undefined];
    const expected = reference(grouping(shape), { x, dy, weight, bias });
    const [y, mean, variance] = runFused("lit.BatchNorm", { x, weight, bias }, { eps: EPS });
    expectClose(y, expected.y);
    expectClose(mean, expected.mean);
    expectClose(variance, expected.variance);
    const [dx, dweight, dbias] = runFused("lit.BatchNormGrad", { dy, x, weight, mean, variance }, { eps: EPS });
    expectClose(dx, expected.dx);
    expectClose(dweight, expected.dweight);
    expectClose(dbias, expected.dbias);
    expectClose(runFused("lit.BatchNormInference", { x, weight, bias, mean, variance }, { eps: EPS })[0], expected.y);
  });
});
