import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { startBackend } from "../testing/start-backend.js";
import type { OnnxRuntimeBackend } from "./onnxruntime-backend.js";

let backend: OnnxRuntimeBackend;

beforeAll(async () => {
  backend = await startBackend();
});

const LAYERS = 3;

/** What a step of training computes: activations forward, gradients from the last layer to the first, a new state. */
function recordStep(width: number): { readonly gradients: tf.Tensor[]; readonly counter: tf.Variable } {
  const counter = tf.variable(tf.tensor1d([1, 2]));
  const gradients = tf.tidy(() => {
    const values = (seed: number): tf.Tensor2D =>
      tf.tensor2d(
        Float32Array.from({ length: width * width }, (_, i) => Math.sin(seed + i)),
        [width, width],
      );
    const weights = Array.from({ length: LAYERS }, (_, layer) => values(layer));
    const activations = [values(7)];
    for (const weight of weights) activations.push(tf.tanh(tf.matMul(activations.at(-1) ?? weight, weight)));
    counter.assign(tf.add(counter, 1));
    let flowing: tf.Tensor2D = tf.square(activations.at(-1) ?? values(8));
    const found: tf.Tensor[] = [];
    for (let layer = LAYERS - 1; layer >= 0; layer -= 1) {
      const [input, weight] = [activations[layer], weights[layer]];
      if (input === undefined || weight === undefined) continue;
      found.push(tf.keep(tf.matMul(input, flowing, true, false)), tf.keep(tf.sum(flowing, 0)));
      flowing = tf.matMul(flowing, weight, false, true);
    }
    return found;
  });
  return { gradients, counter };
}

const dataIds = (tensors: readonly tf.Tensor[]): object[] => tensors.map(({ dataId }) => dataId);

it.each([1, 8, 100, 300])(
  "gives a first group before the others, and the bits of one graph, with width %i",
  (width) => {
    const whole = recordStep(width);
    const expected = whole.gradients.map((gradient) => gradient.dataSync());
    const before = backend.statistics();
    const { gradients, counter } = recordStep(width);
    // The last group has two tensors more than the others, and the second is asked for as the first.
    backend.startInOrder([dataIds(gradients.slice(2, 4)), dataIds(gradients.slice(0, 2)), dataIds(gradients.slice(4))]);
    expect(backend.statistics().runs - before.runs).toBeGreaterThanOrEqual(2);
    expect(backend.statistics().pendingNodes).toBe(0);
    expect(gradients.map((gradient) => gradient.dataSync())).toEqual(expected);
    expect([...counter.dataSync()]).toEqual([2, 3]);
    for (const tensor of [...whole.gradients, ...gradients, whole.counter, counter]) tensor.dispose();
  },
);

it("is one flush: where a later part fails, what an earlier one has changed is taken back", async () => {
  const counter = tf.variable(tf.tensor1d([1, 2]));
  await backend.synchronize();
  const [first, second] = tf.tidy(() => {
    counter.assign(tf.add(counter, 1));
    const broken = tf.gather(tf.tensor1d([1, 2]), tf.add(tf.tensor1d([5], "int32"), tf.scalar(1, "int32")));
    return [tf.keep(tf.mul(counter, 2)), tf.keep(tf.sum(broken))];
  });
  backend.startInOrder([[first.dataId], [second.dataId]]);
  const loan = await backend.lend(first.dataId);
  expect(loan.values).toEqual(Float32Array.of(4, 6));
  loan.giveBack();
  await expect(backend.lend(second.dataId)).rejects.toThrow("out of range");
  expect(() => backend.lendSync(second.dataId)).toThrow("out of range");
  expect([...counter.dataSync()]).toEqual([1, 2]);
  await backend.synchronize();
  for (const tensor of [first, second, counter]) tensor.dispose();
});

it("lends contents that stay until they are given back, also of tensors that are disposed meanwhile", async () => {
  const tensor = tf.tidy(() => tf.add(tf.tensor1d([1, 2, 3]), 1));
  const loan = backend.lendSync(tensor.dataId);
  const again = await backend.lend(tensor.dataId);
  tensor.dispose();
  for (let i = 0; i < 20; i += 1) tf.tidy(() => tf.add(tf.fill([3], 9), i).dataSync());
  expect([...(loan.values as Float32Array)]).toEqual([2, 3, 4]);
  loan.giveBack();
  loan.giveBack();
  expect([...(again.values as Float32Array)]).toEqual([2, 3, 4]);
  again.giveBack();
});

it("reserves contents that are filled where they lie", () => {
  const tensors = backend.store.count;
  const reserved = backend.reserve([2, 2]);
  if (reserved === undefined) throw new Error("The host sees this memory.");
  reserved.values.set([1, 2, 3, 4]);
  const tensor = tf.engine().makeTensorFromTensorInfo(reserved.info);
  expect([...tf.tidy(() => tf.add(tensor, 1).dataSync())]).toEqual([2, 3, 4, 5]);
  tensor.dispose();
  expect(backend.store.count).toBe(tensors);
  expect([backend.reserve([]), backend.reserve([1]), backend.reserve([0, 3])]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
