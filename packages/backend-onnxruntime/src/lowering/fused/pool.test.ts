import { beforeAll, describe, expect, it } from "vitest";
import { expectClose } from "./testing/expect-close.js";
import { indicesOf, NdArray } from "./testing/nd-array.js";
import { numbersOf, poolGradients } from "./testing/pool-gradients.js";
import { TestRandom } from "./testing/random-array.js";
import { runFused, useEngine } from "./testing/run-fused.js";
import { padded, windowOf, type Window } from "./testing/window-of.js";

beforeAll(useEngine);

interface Pool extends Window {
  readonly x: readonly number[];
}

/** The windows of a pool: for every output element the input elements that it covers, in order. */
function* windows({
  x,
  kernelSize,
  stride,
  padding,
  dilation,
}: Pool): Generator<{ out: number[]; covered: number[][] }> {
  const [batch = 0, channels = 0, ...spatial] = x;
  const outSpatial = spatial.map(
    (size, axis) =>
      Math.floor(
        (size +
          (padding[axis]?.[0] ?? 0) +
          (padding[axis]?.[1] ?? 0) -
          ((kernelSize[axis] ?? 1) - 1) * (dilation[axis] ?? 1) -
          1) /
          (stride[axis] ?? 1),
      ) + 1,
  );
  for (const out of indicesOf([batch, channels, ...outSpatial])) {
    const covered: number[][] = [];
    for (const offset of indicesOf(kernelSize)) {
      const at = offset.map(
        (step, axis) =>
          (out[axis + 2] ?? 0) * (stride[axis] ?? 1) - (padding[axis]?.[0] ?? 0) + step * (dilation[axis] ?? 1),
      );
      if (at.every((position, axis) => position >= 0 && position < (spatial[axis] ?? 0)))
        covered.push([...out.slice(0, 2), ...at]);
    }
    yield { out, covered };
  }
}

function outputShape(pool: Pool): number[] {
  let last: number[] = [];
  for (const { out } of windows(pool)) last = out;
  return last.map((position) => position + 1);
}

const cases: [string, Pool][] = [
  ["windows that tile", { x: [2, 3, 6, 4], ...windowOf([2, 2]) }],
  ["windows that leave a border", { x: [2, 2, 7, 8], ...windowOf([2, 3]) }],
  [
    "overlapping windows with padding",
    { x: [2, 2, 7, 6], ...windowOf([3, 3], { stride: [2, 2], padding: padded([1, 1], [1, 0]) }) },
  ],
  ["windows with gaps", { x: [1, 2, 8, 8], ...windowOf([2, 2], { stride: [3, 3] }) }],
  ["one dimension", { x: [2, 3, 9], ...windowOf([3]) }],
  ["three dimensions", { x: [1, 2, 4, 6, 5], ...windowOf([2, 2, 2]) }],
  [
    "three dimensions, overlapping",
    { x: [1, 2, 4, 5, 5], ...windowOf([2, 3, 2], { stride: [1, 2, 2], padding: padded([1, 1, 0], [0, 1, 1]) }) },
  ],
];

/** Values from a small set, so that windows have ties. */
function arrayWithTies(random: TestRandom, shape: readonly number[]): NdArray {
  const array = new NdArray(shape);
  for (let i = 0; i < array.data.length; i += 1) array.data[i] = random.integer(-2, 2);
  return array;
}

describe("max pooling", () => {
  const dilated: [string, Pool] = [
    "dilated windows",
    { x: [1, 2, 7, 8], ...windowOf([2, 3], { stride: [1, 2], padding: padded([1, 0], [0, 1]), dilation: [3, 2] }) },
  ];
  it.each([...cases, dilated])(
    "takes the largest of a window and gives the first of them the gradient: %s",
    (_, pool) => {
      const random = new TestRandom(5);
      const x = arrayWithTies(random, pool.x);
      const dy = random.array(outputShape(pool));
      const y = new NdArray(dy.shape);
      const dx = new NdArray(pool.x);
      for (const { out, covered } of windows(pool)) {
        const best = covered.reduce((winner, index) => (x.get(index) > x.get(winner) ? index : winner));
        y.add(out, x.get(best));
        dx.add(best, dy.get(out));
      }
      const { x: _shape, ...attrs } = pool;
      expectClose(runFused("lit.MaxPool", { x }, attrs)[0], y);
      expectClose(runFused("lit.MaxPoolGrad", { dy, x, y }, attrs)[0], dx);
    },
  );

  it("gives no gradient, and no NaN, to a window that is masked whole with -Infinity", () => {
    const attrs = windowOf([2]);
    const x = new NdArray([1, 1, 6], [-Infinity, -Infinity, -Infinity, 3, 1, 1]);
    const [y] = runFused("lit.MaxPool", { x }, attrs);
    expect([...(y?.data.slice(1) ?? [])]).toEqual([3, 1]);
    const dx = runFused("lit.MaxPoolGrad", { dy: new NdArray([1, 1, 3], [5, 6, 7]), x, y }, attrs);
    expect([...(dx[0]?.data ?? [])]).toEqual([0, 0, 0, 6, 7, 0]);
    const image = new NdArray([1, 1, 2, 4], [-Infinity, -Infinity, 3, 1, -Infinity, -Infinity, 1, 3]);
    const square = windowOf([2, 2]);
    const [pooled] = runFused("lit.MaxPool", { x: image }, square);
    const dimage = runFused("lit.MaxPoolGrad", { dy: new NdArray([1, 1, 1, 2], [5, 6]), x: image, y: pooled }, square);
    expect([...(dimage[0]?.data ?? [])]).toEqual([0, 0, 6, 0, 0, 0, 0, 0]);
  });

  it("handles an empty batch", () => {
    const attrs = windowOf([2, 2]);
    const x = new NdArray([0, 3, 4, 4]);
    const [y] = runFused("lit.MaxPool", { x }, attrs);
    expect(y?.shape).toEqual([0, 3, 2, 2]);
    expect(runFused("lit.MaxPoolGrad", { dy: y, x, y }, attrs)[0]?.shape).toEqual([0, 3, 4, 4]);
  });
});

describe("average pooling", () => {
  it.each(
    cases.flatMap(([name, pool]) => [true, false].map((countIncludePad) => [name, countIncludePad, pool] as const)),
  )("averages windows and spreads the gradient evenly: %s, counting the padding: %s", (_, countIncludePad, pool) => {
    const random = new TestRandom(6);
    const x = random.array(pool.x);
    const dy = random.array(outputShape(pool));
    const y = new NdArray(dy.shape);
    const dx = new NdArray(pool.x);
    for (const { out, covered } of windows(pool)) {
      const divisor = countIncludePad ? pool.kernelSize.reduce((a, b) => a * b, 1) : covered.length;
      for (const index of covered) {
        y.add(out, x.get(index) / divisor);
        dx.add(index, dy.get(out) / divisor);
      }
    }
    const { kernelSize, stride, padding } = pool;
    const attrs = { kernelSize, stride, padding, countIncludePad };
    expectClose(runFused("lit.AvgPool", { x }, attrs)[0], y);
    expectClose(runFused("lit.AvgPoolGrad", { dy }, { ...attrs, inputShape: [...pool.x] })[0], dx);
  });
});

describe("the gradient of a large pooling of 2 by 2, outside of the graph", () => {
  /** 65 windows in a row, which do not fill a vector. */
  const shape = [2, 32, 66, 130];
  const values = Float32Array.from(arrayWithTies(new TestRandom(3), shape).data);
  const slopes = Float32Array.from(new TestRandom(9).array([2, 32, 33, 65]).data);
  const images = { shape, values, slopes };

  it("has the bits that the graph gives a part of the images, whether or not it is read", () => {
    const { images: masked, activations = expect.unreachable() } = poolGradients(images, true);
    expect(poolGradients(images, false).images).toEqual(masked);
    const [count, pooled] = [values.length / 2, slopes.length / 2];
    const half = { shape: shape.with(0, 1), values: values.slice(count), slopes: slopes.slice(pooled) };
    const { activations: inGraph = expect.unreachable() } = poolGradients(half, true);
    // The graph multiplies with 0, which leaves signs on zeros.
    expect(numbersOf(activations).slice(count)).toEqual(numbersOf(inGraph));
  });

  it("keeps NaN where it is, and finds the gradients beside it", () => {
    const clean = poolGradients(images, false).images;
    const spoiled = { ...images, values: values.with(5, Number.NaN) };
    const unread = poolGradients(spoiled, false).images;
    expect(numbersOf(unread)[5]).toBeNaN();
    expect(numbersOf(poolGradients(spoiled, true).images)[5]).toBeNaN();
    expect(unread.slice(200)).toEqual(clean.slice(200));
  });
});

it("a relu's gradient behind a pooling has the same bits, whether or not the gradient between them is read", () => {
  const shape = [2, 3, 6, 6];
  const values = Float32Array.from(arrayWithTies(new TestRandom(3), shape).data);
  const slopes = Float32Array.from(new TestRandom(9).array([2, 3, 3, 3]).data);
  const compute = (reads: boolean) => poolGradients({ shape, values, slopes }, reads).images;
  expect(compute(false)).toEqual(compute(true));
});
