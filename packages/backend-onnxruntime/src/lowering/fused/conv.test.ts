import { beforeAll, describe, expect, it } from "vitest";
import { attributesOf, type ConvCase, expectConvolution, plain } from "./testing/conv-case.js";
import { expectClose } from "./testing/expect-close.js";
import { NdArray } from "./testing/nd-array.js";
import { TestRandom } from "./testing/random-array.js";
import { runFused, useEngine } from "./testing/run-fused.js";
import { padded } from "./testing/window-of.js";

beforeAll(useEngine);

describe("convolution and its gradients", () => {
  it.each<[string, ConvCase]>([
    ["one channel", { ...plain, x: [2, 1, 6, 5], weight: [3, 1, 3, 3] }],
    [
      "padding that differs per side",
      { ...plain, x: [2, 3, 5, 6], weight: [4, 3, 3, 2], padding: padded([2, 0], [0, 3]) },
    ],
    ["stride that leaves a border", { ...plain, x: [2, 2, 8, 9], weight: [3, 2, 3, 3], stride: [3, 2] }],
    [
      "dilation",
      { ...plain, x: [1, 2, 9, 8], weight: [2, 2, 3, 2], dilation: [2, 3], padding: padded([1, 0], [1, 2]) },
    ],
    [
      "stride, dilation and padding",
      {
        ...plain,
        x: [2, 3, 11, 10],
        weight: [2, 3, 3, 3],
        stride: [2, 3],
        dilation: [2, 2],
        padding: padded([2, 1], [1, 2]),
      },
    ],
    ["groups", { ...plain, x: [2, 6, 5, 5], weight: [4, 3, 3, 3], groups: 2, padding: padded([1, 1]) }],
    [
      "depthwise",
      { ...plain, x: [2, 4, 6, 6], weight: [8, 1, 3, 3], groups: 4, stride: [2, 2], padding: padded([1, 1]) },
    ],
    [
      "padding wider than the kernel",
      { ...plain, x: [1, 2, 3, 3], weight: [2, 2, 2, 2], padding: padded([3, 2], [3, 4]) },
    ],
    ["a kernel of one element", { ...plain, x: [2, 16, 4, 4], weight: [32, 16, 1, 1] }],
    [
      "more columns than one product takes",
      { ...plain, x: [2, 8, 6, 6], weight: [5, 8, 3, 3], padding: padded([1, 1]) },
    ],
    ["blocks of channels", { ...plain, x: [2, 16, 7, 6], weight: [32, 16, 3, 3], padding: padded([1, 0], [1, 2]) }],
    [
      "blocks of channels with stride and dilation",
      { ...plain, x: [1, 32, 9, 9], weight: [16, 32, 3, 3], stride: [2, 2], dilation: [2, 1], padding: padded([2, 1]) },
    ],
    [
      "blocks of channels and padding wider than the kernel",
      { ...plain, x: [1, 16, 4, 4], weight: [16, 16, 2, 2], padding: padded([2, 1], [2, 3]) },
    ],
    ["an image of one pixel", { ...plain, x: [3, 16, 1, 1], weight: [32, 16, 3, 3], padding: padded([1, 1]) }],
    [
      "one window, and a border that it does not reach",
      { ...plain, x: [3, 5, 3, 4], weight: [4, 5, 3, 3], stride: [3, 4], padding: padded([1, 1], [0, 0]) },
    ],
    [
      "one window of the end of a dilated kernel",
      { ...plain, x: [2, 3, 1, 2], weight: [4, 3, 3, 2], dilation: [2, 2], padding: padded([4, 0], [0, 1]) },
    ],
    [
      "a kernel that is wider than the image, in blocks",
      { ...plain, x: [2, 16, 1, 3], weight: [16, 16, 3, 5], padding: padded([1, 2]) },
    ],
    [
      "half of a kernel that meets the image, in blocks",
      { ...plain, x: [3, 32, 2, 2], weight: [48, 32, 3, 3], stride: [2, 2], padding: padded([1, 1]) },
    ],
    [
      "a part of a kernel that meets the image, in one dimension and in blocks",
      { x: [2, 16, 2], weight: [16, 16, 5], stride: [1], padding: padded([2]), dilation: [1], groups: 1 },
    ],
    [
      "a kernel that is wider than the image, in groups",
      { ...plain, x: [2, 4, 2, 1], weight: [6, 2, 7, 3], groups: 2, padding: padded([3, 1]) },
    ],
    [
      "few channels and many offsets",
      { ...plain, x: [2, 3, 9, 9], weight: [5, 3, 7, 7], stride: [2, 2], padding: padded([3, 3]) },
    ],
    [
      "one window in three dimensions",
      {
        x: [2, 2, 2, 1, 2],
        weight: [4, 2, 3, 3, 2],
        stride: [2, 1, 1],
        padding: padded([1, 1, 0]),
        dilation: [1, 1, 1],
        groups: 1,
      },
    ],
    [
      "one dimension",
      { x: [3, 4, 12], weight: [6, 2, 3], stride: [2], padding: padded([1], [2]), dilation: [2], groups: 2 },
    ],
    [
      "blocks of channels in one dimension",
      { x: [2, 32, 20], weight: [16, 32, 5], stride: [1], padding: padded([2], [1]), dilation: [1], groups: 1 },
    ],
    [
      "blocks of channels in one dimension with stride and dilation",
      { x: [2, 16, 23], weight: [32, 16, 3], stride: [2], padding: padded([3], [1]), dilation: [3], groups: 1 },
    ],
    [
      "three dimensions",
      {
        x: [1, 2, 4, 5, 6],
        weight: [4, 1, 2, 3, 2],
        stride: [1, 2, 1],
        padding: padded([0, 1, 0], [1, 1, 0]),
        dilation: [1, 1, 2],
        groups: 2,
      },
    ],
    [
      "few positions and many channels",
      {
        ...plain,
        x: [2, 128, 5, 3],
        weight: [130, 128, 2, 3],
        stride: [2, 1],
        dilation: [1, 2],
        padding: padded([1, 2], [0, 1]),
      },
    ],
    [
      "few positions and many channels, 1 by 1 with stride",
      { ...plain, x: [3, 128, 4, 3], weight: [128, 128, 1, 1], stride: [2, 2] },
    ],
    ["an empty batch", { ...plain, x: [0, 3, 5, 5], weight: [4, 3, 3, 3] }],
  ])("match sums over all products: %s", (_, conv) => expectConvolution(conv));

  it("match them for random shapes", () => {
    const random = new TestRandom(7);
    for (let round = 0; round < 48; round += 1) expectConvolution(randomCase(random), round);
  });
});

function randomCase(random: TestRandom): ConvCase {
  const rank = random.integer(1, 3);
  const each = <T>(make: () => T): T[] => Array.from({ length: rank }, make);
  const groups = random.integer(1, 3);
  const isWide = groups === 1 && rank === 2 && random.integer(0, 2) === 0;
  const perGroup = isWide ? 16 : random.integer(1, 3);
  const kernel = each(() => random.integer(1, 3));
  const dilation = each(() => random.integer(1, 2));
  const padding = each((): [number, number] => [random.integer(0, 2), random.integer(0, 2)]);
  const spatial = kernel.map((size, axis) => {
    const [before = 0, after = 0] = padding[axis] ?? [];
    const smallest = (size - 1) * (dilation[axis] ?? 1) + 1 - before - after;
    return Math.max(1, smallest + random.integer(0, 5));
  });
  return {
    x: [random.integer(1, 2), groups * perGroup, ...spatial],
    weight: [isWide ? 32 : groups * random.integer(1, 3), perGroup, ...kernel],
    stride: each(() => random.integer(1, 3)),
    padding,
    dilation,
    groups,
  };
}

it("serves as a transposed convolution whose output padding exceeds the stride", () => {
  const random = new TestRandom(3);
  const [dy, weight] = [random.array([1, 2, 3]), random.array([2, 2, 2])];
  const attrs = { stride: [1], padding: [[0, 0]], dilation: [3], groups: 1, inputShape: [1, 2, 8] };
  const [dx] = runFused("lit.ConvInputGrad", { dy, weight }, attrs);
  const expected = new NdArray([1, 2, 8]);
  for (const [, out = 0, place = 0] of dy.indices())
    for (const [channel = 0, offset = 0] of new NdArray([2, 2]).indices())
      expected.add([0, channel, place + 3 * offset], dy.get([0, out, place]) * weight.get([out, channel, offset]));
  expectClose(dx, expected);
});

it("says which shapes do not fit", () => {
  const random = new TestRandom(1);
  expect(() =>
    runFused(
      "lit.Conv",
      { x: random.array([1, 3, 4, 4]), weight: random.array([2, 2, 3, 3]) },
      attributesOf({ ...plain, x: [], weight: [] }),
    ),
  ).toThrow(/Received \[1, 3, 4, 4\] and \[2, 2, 3, 3\]/);
});
