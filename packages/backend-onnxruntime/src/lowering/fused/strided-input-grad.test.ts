import { beforeAll, describe, expect, it } from "vitest";
import { OnnxGraph } from "../../graph/onnx-graph.js";
import { convGeometry } from "./conv-geometry.js";
import { hasPhases } from "./strided-input-grad.js";
import { attributesOf, type ConvCase, expectConvolution, plain } from "./testing/conv-case.js";
import { TestRandom } from "./testing/random-array.js";
import { useEngine } from "./testing/run-fused.js";
import { padded } from "./testing/window-of.js";

const wide = { ...plain, x: [2, 16, 8, 12], weight: [32, 16, 4, 4], stride: [2, 2], padding: padded([1, 1]) };

/** With a stride of 2 and whole blocks of channels, unless others are given. */
const CASES: readonly (readonly [string, ConvCase])[] = [
  ["a kernel that the stride divides", wide],
  ["one that it does not divide", { ...wide, x: [2, 32, 8, 6], weight: [16, 32, 3, 3] }],
  ["no padding, and a border that no window reaches", { ...wide, weight: [16, 16, 3, 3], padding: padded([0, 0]) }],
  ["padding that differs per side", { ...wide, weight: [16, 16, 5, 4], padding: padded([2, 0], [1, 3]) }],
  ["a stride in one dimension", { ...wide, x: [2, 16, 5, 8], weight: [16, 16, 3, 3], stride: [1, 2] }],
  ["strides of 4 and 3", { ...wide, weight: [16, 16, 8, 5], stride: [4, 3], padding: padded([2, 1]) }],
  ["a kernel as long as the stride", { ...wide, weight: [16, 16, 2, 2], padding: padded([0, 0]) }],
  ["one image", { ...wide, x: [1, 16, 4, 4] }],
  ["a kernel for each channel", { ...wide, x: [3, 32, 8, 6], weight: [32, 1, 3, 3], groups: 32 }],
];

/** What stays one transposed convolution. */
const OTHERS: readonly (readonly [string, ConvCase])[] = [
  ["an image that the stride does not divide", { ...wide, x: [2, 16, 9, 8], weight: [16, 16, 3, 3] }],
  ["a kernel that is shorter than the stride", { ...wide, weight: [16, 16, 1, 2], padding: padded([0, 0]) }],
  ["padding wider than the kernel", { ...wide, weight: [16, 16, 2, 2], padding: padded([3, 3]) }],
  ["dilation", { ...wide, weight: [16, 16, 3, 3], dilation: [2, 1], padding: padded([2, 1]) }],
  ["channels that are no whole blocks", { ...wide, x: [2, 12, 8, 8], weight: [16, 12, 4, 4] }],
  ["groups", { ...wide, x: [2, 32, 8, 8], weight: [32, 16, 3, 3], groups: 2 }],
];

function isByPhases(conv: ConvCase): boolean {
  const attributes: object = attributesOf(conv);
  return hasPhases(new OnnxGraph(() => 8), convGeometry("lit.ConvInputGrad", conv.x, conv.weight, attributes));
}

beforeAll(useEngine);

describe("a strided convolution and its gradients", () => {
  it.each(CASES)("match sums over all products, by phases: %s", (_, conv) => {
    expect(isByPhases(conv)).toBe(true);
    expectConvolution(conv);
  });

  it.each(OTHERS)("match them otherwise: %s", (_, conv) => {
    expect(isByPhases(conv)).toBe(false);
    expectConvolution(conv);
  });

  it("match them for random shapes", () => {
    const random = new TestRandom(5);
    const cases = Array.from({ length: 60 }, () => randomCase(random));
    expect(cases.filter(isByPhases).length).toBeGreaterThan(20);
    cases.forEach((conv, round) => expectConvolution(conv, round));
  });
});

function randomCase(random: TestRandom): ConvCase {
  const each = <T>(make: () => T): [T, T] => [make(), make()];
  const stride = each(() => random.integer(1, 3));
  const kernel = stride.map((step) => step + random.integer(0, 3));
  const padding = each((): [number, number] => [random.integer(0, 2), random.integer(0, 2)]);
  const spatial = stride.map((step, axis) => step * Math.ceil((kernel[axis] ?? 0) / step + random.integer(0, 2)));
  const channels = random.integer(1, 2) * 16;
  const isDepthwise = random.integer(0, 3) === 0;
  return {
    x: [random.integer(1, 3), channels, ...spatial],
    weight: [isDepthwise ? channels : 32, isDepthwise ? 1 : channels, ...kernel],
    stride,
    padding,
    dilation: [1, 1],
    groups: isDepthwise ? channels : 1,
  };
}
