import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { PLAIN_SGD } from "../testing/plain-sgd.js";
import { startBackend } from "../testing/start-backend.js";

const SIZE = 50_000;

/** w - 0.5, written over the old content where nobody else needs it. */
function update(weight: tf.Variable): void {
  tf.tidy(() => {
    const [next] = tf.engine().runKernel<tf.Tensor[]>("lit.SgdUpdate", { p0: weight, g0: tf.ones([SIZE]) }, PLAIN_SGD);
    if (next !== undefined) weight.assign(next);
  });
}

/** A scatter all of whose indices but the last are right. */
function scatter(count: number, last: number): tf.Tensor {
  return tf.tidy(() =>
    tf.scatterND(
      tf.tensor2d(
        Int32Array.from({ length: count }, (_, i) => (i === count - 1 ? last : i % 10)),
        [count, 1],
        "int32",
      ),
      tf.ones([count, 16]),
      [10, 16],
    ),
  );
}

it.each([
  ["before the update, as a program", 1000, true],
  ["after the update, as a program", 1000, false],
  ["before the update, in the graph", 20, true],
  ["after the update, in the graph", 20, false],
] as const)("a flush with a bad index leaves weights as they were: %s", async (_, count, isFirst) => {
  const backend = await startBackend();
  const weight = tf.variable(tf.fill([SIZE], 3));
  for (let round = 0; round < 5; round += 1) {
    update(weight);
    await backend.synchronize();
    const bad = isFirst ? scatter(count, 10) : undefined;
    update(weight);
    const worse = isFirst ? undefined : scatter(count, -1);
    await expect(backend.synchronize()).rejects.toThrow(/ScatterNd.*one of its indices is out of range/);
    expect(new Set(weight.dataSync())).toEqual(new Set([3 - 0.5 * (round + 1)]));
    tf.dispose([bad, worse].filter((tensor) => tensor !== undefined));
    const good = scatter(count, 9);
    expect([...tf.sum(good).dataSync()]).toEqual([count * 16]);
    good.dispose();
  }
  weight.dispose();
});
