import { beforeAll, describe, expect, it } from "vitest";
import { grad } from "../autograd/grad.js";
import { backendsUnderTest } from "../backend/backends-under-test.js";
import { resolveBackend } from "../backend/resolve-backend.js";
import * as F from "../nn/functional/index.js";
import { RandomStream } from "../random/random-stream.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";

const stream = RandomStream.fromSeed(5);
const random = (...shape: number[]): tf.Tensor =>
  tf.tensor(stream.fillNormal(new Float32Array(tf.util.sizeFromShape(shape))), shape);

interface Case {
  readonly name: string;
  readonly stride: [number, number];
  readonly padding: [number, number];
  readonly outputPadding: [number, number];
  readonly dilation: [number, number];
}

const CASES: readonly Case[] = [
  { name: "columns where the padding was", stride: [1, 1], padding: [0, 1], outputPadding: [0, 1], dilation: [1, 2] },
  { name: "more windows than the input has", stride: [1, 1], padding: [1, 1], outputPadding: [2, 1], dilation: [3, 2] },
  { name: "strides", stride: [3, 2], padding: [1, 0], outputPadding: [2, 1], dilation: [1, 1] },
  { name: "strides and dilation", stride: [2, 3], padding: [2, 1], outputPadding: [2, 2], dilation: [3, 2] },
];

describe.each(await backendsUnderTest())(
  "gradients of a transposed convolution with output padding, on %s",
  (backend) => {
    beforeAll(async () => {
      await resolveBackend(backend);
    });

    it.each(CASES)("are those of the whole one, cut: $name", ({ stride, padding, outputPadding, dilation }) => {
      using _scope = tensorScope();
      const [x, weight] = [random(2, 3, 4, 5), random(3, 2, 2, 3)];
      const cut = F.convTranspose2d(x, weight, undefined, { stride, padding, outputPadding, dilation });
      const dy = random(...cut.shape);
      const whole = F.convTranspose2d(x, weight, undefined, { stride, dilation });
      // Where the output padding is larger than the padding, the last columns are zeros.
      const padded = tf.pad(whole, [
        [0, 0],
        [0, 0],
        [0, 4],
        [0, 4],
      ]);
      const expected = tf.slice(padded, [0, 0, ...padding], cut.shape);
      const actual = grad(cut, [x, weight], { gradOutputs: [dy] });
      grad(expected, [x, weight], { gradOutputs: [dy] }).forEach((gradient, i) => {
        const values = gradient?.dataSync() ?? [];
        expect(values.length).toBeGreaterThan(0);
        // Both add the same products, in another order.
        [...(actual[i]?.dataSync() ?? [])].forEach((value, at) =>
          expect(value).toBeCloseTo(values[at] ?? Number.NaN, 4),
        );
      });
    });
  },
);
