import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { RandomStream } from "../../random/random-stream.js";
import { tensorScope } from "../../tensor/tensor-scope.js";
import { tf } from "../../tensor/tf.js";
import * as F from "./index.js";

/** Sizes of one dimension of a window, as PyTorch's documentation names them. */
interface Axis {
  readonly length: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
}

const CASES = 60;
const random = RandomStream.fromSeed(20261127);
const between = (low: number, high: number): number => low + random.integer(high - low + 1);

function randomAxis(): Axis {
  const [kernel, stride, dilation] = [between(1, 4), between(1, 4), between(1, 2)];
  return { length: between(1, 9), kernel, stride, padding: between(0, Math.floor(kernel / 2)), dilation };
}

/** PyTorch's formula: floor((length + 2 · padding - dilation · (kernel - 1) - 1) / stride + 1). */
function outputOf({ length, kernel, stride, padding, dilation }: Axis, ceilMode = false): number {
  const steps = (length + 2 * padding - dilation * (kernel - 1) - 1) / stride;
  const windows = (ceilMode ? Math.ceil(steps) : Math.floor(steps)) + 1;
  // The last window begins in the input or in the padding before it.
  return ceilMode && (windows - 1) * stride >= length + padding ? windows - 1 : windows;
}

/** Whether each window sees an element: with a dilation, one may lie in the padding and beyond. */
function seesElements(axis: Axis): boolean {
  return Array.from({ length: outputOf(axis, true) }, (_, place) => place * axis.stride - axis.padding).every((start) =>
    Array.from({ length: axis.kernel }, (_, offset) => start + offset * axis.dilation).some(
      (at) => at >= 0 && at < axis.length,
    ),
  );
}

/** Axes with space for at least one window. */
function randomAxes(dimensions: number): Axis[] {
  return Array.from({ length: dimensions }, () => {
    let axis = randomAxis();
    while (outputOf(axis) < 1 || !seesElements(axis)) axis = randomAxis();
    return axis;
  });
}

const cases = Array.from({ length: CASES }, (_, i) => ({
  axes: randomAxes(1 + (i % 3)),
  batch: between(1, 3),
  channels: between(1, 3),
}));
const of = (axes: readonly Axis[], name: keyof Axis): number[] => axes.map((axis) => axis[name]);

/** The largest element that each window sees, element by element. */
function largestOf(x: tf.Tensor, axes: readonly Axis[], ceilMode: boolean): number[] {
  const values = x.dataSync();
  const space = of(axes, "length");
  const lengths = axes.map((axis) => outputOf(axis, ceilMode));
  const places = (sizes: readonly number[]): number[][] =>
    sizes.reduce<number[][]>(
      (all, size) => all.flatMap((place) => Array.from({ length: size }, (_, at) => [...place, at])),
      [[]],
    );
  const size = space.reduce((product, length) => product * length, 1);
  return Array.from({ length: values.length / size }, (_, row) =>
    places(lengths).map((place) => {
      const seen = places(of(axes, "kernel")).flatMap((offset) => {
        const at = axes.map(
          ({ stride, padding, dilation }, axis) =>
            (place[axis] ?? 0) * stride - padding + (offset[axis] ?? 0) * dilation,
        );
        if (at.some((position, axis) => position < 0 || position >= (space[axis] ?? 0))) return [];
        const index = at.reduce((joined, position, axis) => joined * (space[axis] ?? 1) + position, 0);
        return [values[row * size + index] ?? Number.NaN];
      });
      return Math.max(...seen);
    }),
  ).flat();
}

beforeAll(async () => {
  await tf.setBackend("cpu");
});

describe.each(cases)("windows over $axes", ({ axes, batch, channels }) => {
  const dimensions = axes.length;
  const shape = [batch, channels, ...of(axes, "length")];
  const [kernel, stride, padding, dilation] = (["kernel", "stride", "padding", "dilation"] as const).map((name) =>
    of(axes, name),
  ) as [number[], number[], number[], number[]];

  it.each([false, true])("have the largest elements that there are, with ceilMode %s", (ceilMode) => {
    using _scope = tensorScope();
    const x = tf.randomNormal(shape, 0, 1, "float32", 7);
    const pool = [F.maxPool1d, F.maxPool2d, F.maxPool3d][dimensions - 1] ?? F.maxPool1d;
    const options = { stride, padding, dilation, ceilMode };
    const [values, indices] = pool(x, kernel, { ...options, returnIndices: true });
    expect(values.shape).toEqual([batch, channels, ...axes.map((axis) => outputOf(axis, ceilMode))]);
    expect([...values.dataSync()]).toEqual(largestOf(x, axes, ceilMode));
    const rows = tf.reshape(x, [batch * channels, -1]);
    const found = tf.gather(rows, tf.reshape(indices, [batch * channels, -1]), 1, 1);
    expect(found.dataSync()).toEqual(values.dataSync());
  });

  it("have PyTorch's shapes in convolutions, average pools and unfolds", () => {
    using _scope = tensorScope();
    const x = tf.ones(shape);
    const conv = [F.conv1d, F.conv2d, F.conv3d][dimensions - 1] ?? F.conv1d;
    const y = conv(x, tf.ones([2, channels, ...kernel]), undefined, { stride, padding, dilation });
    expect(y.shape).toEqual([batch, 2, ...axes.map((axis) => outputOf(axis))]);
    const undilated = axes.map((axis) => ({ ...axis, dilation: 1 }));
    for (const ceilMode of [false, true]) {
      const pool = [F.avgPool1d, F.avgPool2d, F.avgPool3d][dimensions - 1] ?? F.avgPool1d;
      const averages = pool(x, kernel, { stride, padding, ceilMode, countIncludePad: false });
      expect(averages.shape).toEqual([batch, channels, ...undilated.map((axis) => outputOf(axis, ceilMode))]);
      averages.dataSync().forEach((value) => expect(value).toBeCloseTo(1, 6));
    }
    if (dimensions !== 2) return;
    const columns = F.unfold(x, kernel, { stride, padding, dilation });
    const windows = axes.map((axis) => outputOf(axis)).reduce((a, b) => a * b);
    expect(columns.shape).toEqual([batch, channels * kernel.reduce((a, b) => a * b), windows]);
    const folded = F.fold(columns, of(axes, "length"), kernel, { stride, padding, dilation });
    expect(folded.shape).toEqual(shape);
    expect(tf.sum(folded).dataSync()[0]).toBe(tf.sum(columns).dataSync()[0]);
  });

  it("have the input's shape again behind a transposed convolution", () => {
    using _scope = tensorScope();
    const conv = [F.convTranspose1d, F.convTranspose2d, F.convTranspose3d][dimensions - 1] ?? F.convTranspose1d;
    const lengths = axes.map((axis) => outputOf(axis));
    const outputPadding = axes.map(
      ({ length, kernel: size, stride: step, padding: before, dilation: spread }, axis) =>
        length - (((lengths[axis] ?? 0) - 1) * step - 2 * before + spread * (size - 1) + 1),
    );
    const x = tf.ones([batch, 2, ...lengths]);
    const y = conv(x, tf.ones([2, channels, ...kernel]), undefined, { stride, padding, dilation, outputPadding });
    expect(y.shape).toEqual(shape);
  });
});
