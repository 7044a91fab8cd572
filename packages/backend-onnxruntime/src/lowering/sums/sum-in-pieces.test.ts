import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { JavaScriptRunner } from "../../devices/javascript/javascript-runner.js";
import { BACKEND_NAME } from "../../register-onnxruntime.js";
import { largestError, referenceSums, repeatedValues, type ReferenceSums } from "../../testing/reference-sums.js";
import { startBackend } from "../../testing/start-backend.js";
import { TestRandom } from "../fused/testing/random-array.js";
import { needsPieces } from "./piece-plan.js";

/** A prime. */
const LENGTH = 300_007;
const SHAPES: readonly (readonly [shape: readonly number[], axes: readonly number[]])[] = [
  [[LENGTH], [0]],
  [[2 * LENGTH], [0]],
  [
    [3, 100_003],
    [0, 1],
  ],
  [[LENGTH, 3], [0]],
  [[1009, 317], [0]],
  [
    [2, 150_011, 1, 3],
    [0, 1],
  ],
  [
    [131_101, 2, 3],
    [0, 2],
  ],
  [[3, 2 * LENGTH], [1]],
  [[64, 32_771], [1]],
  [
    [3, 2, 65_537],
    [0, 2],
  ],
  [[5, 100_003, 3], [1]],
  [
    [2, 50_021, 3, 2],
    [1, 3],
  ],
  [[1031, 1009], [1]],
  [[331, 4099], [1]],
  [[2003, 263, 3], [1]],
];

const random = new TestRandom(LENGTH);
const mixedRandom = new TestRandom(LENGTH + 1);
const VALUES = {
  equal: repeatedValues(() => 0.1),
  positive: repeatedValues(() => random.uniform()),
  mixed: repeatedValues(() => mixedRandom.uniform() - 0.5),
};

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function expectNear(found: ArrayLike<number>, wanted: ReferenceSums, scale = 1): void {
  expect(largestError(found, wanted, scale)).toBeLessThanOrEqual(1e-6);
}

function read(compute: () => tf.Tensor): ArrayLike<number> {
  return tf.tidy(() => compute().dataSync());
}

describe("sums over an axis that no block divides", () => {
  beforeAll(() => startBackend({ threads: 2 }));
  afterAll(() => tf.removeBackend(BACKEND_NAME));

  it.each(SHAPES)("of %j over %j, and means, stay within 1e-6 of the sum of magnitudes", (shape, axes) => {
    expect(needsPieces(shape, axes)).toBe(true);
    for (const take of Object.values(VALUES)) {
      const values = take(sizeOf(shape));
      const wanted = referenceSums(values, shape, axes);
      const x = tf.tensor(values, [...shape]);
      expectNear(
        read(() => tf.sum(x, [...axes])),
        wanted,
      );
      // A result that a graph of the same flush computes.
      expectNear(
        read(() => tf.mean(tf.neg(x), [...axes], true)),
        wanted,
        -values.length / wanted.sums.length,
      );
      x.dispose();
    }
  });

  it("read a tensor under the shape that a reshape gave it", () => {
    const values = VALUES.positive(LENGTH * 4);
    const x = tf.tensor(values, [4, LENGTH]);
    expectNear(
      read(() => tf.sum(tf.reshape(x, [LENGTH, 4]), 0)),
      referenceSums(values, [LENGTH, 4], [0]),
    );
    expectNear(
      read(() => tf.sum(x)),
      referenceSums(values, [LENGTH * 4], [0]),
    );
    x.dispose();
  });

  it("keep what is special in the piece that is left over, and before it", () => {
    for (const place of [0, LENGTH - 1]) {
      for (const [value, wanted] of [
        [Number.NaN, Number.NaN],
        [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
        [1e6, 1e6],
      ] as const) {
        const values = new Float32Array(LENGTH);
        values[place] = value;
        expect(read(() => tf.sum(tf.tensor1d(values)))[0]).toBe(wanted);
      }
    }
  });

  it("serve steps that change what was summed", async () => {
    const backend = await startBackend();
    const weight = tf.variable(tf.fill([LENGTH], 2));
    for (let step = 0; step < 3; step += 1) {
      tf.tidy(() => weight.assign(tf.sub(weight, tf.div(tf.sum(weight), 2 * LENGTH))));
      await backend.submit();
    }
    expect([read(() => tf.min(weight))[0], read(() => tf.max(weight))[0]]).toEqual([0.25, 0.25]);
    expect(read(() => tf.norm(weight))[0]).toBeCloseTo(Math.sqrt(LENGTH) / 4, 4);
    weight.dispose();
  });

  it("go down with the flush that they belong to, and come back with the next", async () => {
    const backend = await startBackend();
    const total = tf.variable(tf.scalar(5));
    const bad = tf.tidy(() => {
      const picked = tf.gather(tf.ones([LENGTH]), tf.add(tf.tensor1d([0, LENGTH], "int32"), tf.scalar(1, "int32")));
      total.assign(tf.sum(tf.mul(tf.ones([LENGTH]), tf.max(picked)), 0));
      return tf.keep(picked);
    });
    await expect(backend.synchronize()).rejects.toThrow(/out of range/);
    expect(total.dataSync()[0]).toBe(5);
    tf.tidy(() => total.assign(tf.sum(tf.ones([LENGTH]), 0)));
    expect(total.dataSync()[0]).toBe(LENGTH);
    tf.dispose([bad, total]);
  });
});

it("a runner that cannot read pieces sums inside of its graphs, as exactly", async () => {
  const runner = new JavaScriptRunner();
  await startBackend({ runner });
  for (const [shape, axes] of SHAPES.slice(0, 4)) {
    const values = VALUES.positive(sizeOf(shape));
    expectNear(
      read(() => tf.sum(tf.tensor(values, [...shape]), [...axes])),
      referenceSums(values, shape, axes),
    );
  }
  tf.removeBackend(BACKEND_NAME);
  await runner.close();
});
