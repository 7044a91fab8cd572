import { beforeAll, describe, expect, it } from "vitest";
import { attributesOf, type ConvCase, expectConvolution, plain } from "./testing/conv-case.js";
import { NdArray } from "./testing/nd-array.js";
import { TestRandom } from "./testing/random-array.js";
import { runFused, useEngine } from "./testing/run-fused.js";
import { padded } from "./testing/window-of.js";

beforeAll(useEngine);

/** Every channel with a kernel of its own. */
function depthwise(
  [batch, channels, ...spatial]: readonly [number, number, ...number[]],
  kernel: readonly number[],
  others: Partial<ConvCase> = {},
): ConvCase {
  return { ...plain, x: [batch, channels, ...spatial], weight: [channels, 1, ...kernel], groups: channels, ...others };
}

describe("a depthwise convolution and its gradients", () => {
  it.each<[string, ConvCase]>([
    ["one block of channels", depthwise([1, 16, 5, 6], [3, 3], { padding: padded([1, 1]) })],
    ["several blocks and images", depthwise([3, 48, 7, 5], [3, 2], { padding: padded([1, 0], [0, 2]) })],
    ["more channels than whole blocks", depthwise([4, 24, 6, 6], [3, 3], { padding: padded([1, 1]) })],
    ["channels and images without a whole block", depthwise([3, 6, 6, 6], [3, 3], { padding: padded([1, 1]) })],
    ["a stride that leaves a border", depthwise([2, 16, 9, 10], [3, 3], { stride: [2, 3], padding: padded([1, 0]) })],
    ["a dilated kernel", depthwise([2, 16, 9, 8], [3, 2], { dilation: [2, 3], padding: padded([2, 1], [1, 3]) })],
    [
      "stride, dilation and padding",
      depthwise([2, 32, 13, 11], [3, 3], { stride: [2, 2], dilation: [2, 1], padding: padded([3, 1], [2, 2]) }),
    ],
    ["a kernel that is wider than the image", depthwise([2, 16, 3, 2], [7, 7], { padding: padded([3, 3]) })],
    ["padding wider than the kernel", depthwise([1, 16, 3, 3], [2, 2], { padding: padded([3, 2], [3, 4]) })],
    ["several tiles, the last ones smaller", depthwise([1, 16, 21, 19], [3, 3], { padding: padded([1, 1]) })],
    [
      "several tiles with stride and a wide kernel",
      depthwise([1, 16, 30, 27], [7, 5], { stride: [2, 1], padding: padded([3, 2]) }),
    ],
    ["a row that is longer than a tile", depthwise([1, 16, 2, 150], [1, 5], { padding: padded([0, 2]) })],
    ["more tiles than are worth it", depthwise([1, 16, 80, 70], [3, 3], { padding: padded([1, 1]) })],
    ["a kernel of one element", depthwise([2, 16, 4, 4], [1, 1])],
    ["one window", depthwise([2, 16, 3, 3], [3, 3])],
    ["one dimension", { ...depthwise([2, 16, 12], [3]), stride: [1], padding: padded([1]), dilation: [1] }],
    [
      "one dimension with stride and dilation",
      { ...depthwise([3, 32, 40], [5]), stride: [3], padding: padded([1], [3]), dilation: [2] },
    ],
    ["a long row", { ...depthwise([1, 16, 700], [9]), stride: [1], padding: padded([4]), dilation: [1] }],
    ["several kernels for each channel", { ...plain, x: [2, 16, 5, 5], weight: [32, 1, 3, 3], groups: 16 }],
    ["groups of several channels", { ...plain, x: [2, 32, 6, 5], weight: [48, 2, 3, 3], groups: 16 }],
    ["groups of one element", { ...plain, x: [2, 8, 4, 3], weight: [12, 4, 1, 1], groups: 2 }],
    ["no image", depthwise([0, 16, 5, 5], [3, 3])],
  ])("match sums over all products: %s", (_, conv) => expectConvolution(conv));

  it("match them for random shapes", () => {
    const random = new TestRandom(11);
    for (let round = 0; round < 24; round += 1) {
      const kernel = [random.integer(1, 5), random.integer(1, 5)];
      const padding = kernel.map((): [number, number] => [random.integer(0, 3), random.integer(0, 3)]);
      const dilation = [random.integer(1, 2), random.integer(1, 2)];
      const spatial = kernel.map((size, axis) => {
        const [before = 0, after = 0] = padding[axis] ?? [];
        return Math.max(1, (size - 1) * (dilation[axis] ?? 1) + 1 - before - after + random.integer(0, 14));
      });
      const stride = [random.integer(1, 3), random.integer(1, 3)];
      const shape = [random.integer(1, 3), 16 * random.integer(1, 2), ...spatial] as const;
      expectConvolution(depthwise([...shape], kernel, { stride, dilation, padding }), round);
    }
  });

  it("drift no more than a millionth where all terms are equal", () => {
    const given = depthwise([4, 16, 32, 32], [3, 3], { padding: padded([1, 1]) });
    const filled = (value: number) => new NdArray(given.x, new Float32Array(4 * 16 * 32 * 32).fill(value));
    const [x, dy] = [filled(0.7), filled(0.3)];
    const [dw] = runFused("lit.ConvWeightGrad", { x, dy }, { ...attributesOf(given), weightShape: [16, 1, 3, 3] });
    const expected = 4 * 32 * 32 * Math.fround(0.7) * Math.fround(0.3);
    expect(Math.abs((dw?.get([5, 0, 1, 1]) ?? 0) / expected - 1)).toBeLessThan(1e-6);
  });

  it("keep NaN and Infinity in their own channel", () => {
    const given = depthwise([2, 32, 6, 6], [3, 3], { padding: padded([1, 1]) });
    const random = new TestRandom(5);
    const [x, weight] = [random.array(given.x), random.array(given.weight)];
    x.data[7 * 36 + 3] = Number.NaN;
    x.data[20 * 36 + 8] = Number.POSITIVE_INFINITY;
    const [y] = runFused("lit.Conv", { x, weight }, attributesOf(given));
    const [dw] = runFused(
      "lit.ConvWeightGrad",
      { x, dy: random.array(given.x) },
      { ...attributesOf(given), weightShape: [...given.weight] },
    );
    const bad = (values: ArrayLike<number> = [], perChannel: number) => [
      ...new Set(
        Array.from(values).flatMap((value, i) => (Number.isFinite(value) ? [] : [Math.floor(i / perChannel)])),
      ),
    ];
    expect(bad(y?.data, 36)).toEqual([7, 20]);
    expect(bad(dw?.data, 9)).toEqual([7, 20]);
  });
});
