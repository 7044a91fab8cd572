import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeEach, expect, it } from "vitest";
import { registerOnnxRuntime } from "../register-onnxruntime.js";
import { OnnxRuntimeBackend } from "./onnxruntime-backend.js";

beforeEach(async () => {
  registerOnnxRuntime({ threads: 2 });
  await tf.setBackend("onnxruntime");
  tf.engine().startScope();
});
afterEach(() => tf.engine().endScope());

function isPending(tensor: tf.Tensor): boolean {
  const backend = tf.backend();
  if (!(backend instanceof OnnxRuntimeBackend)) throw new Error("not the engine");
  return backend.store.find(tensor.dataId)?.node !== undefined;
}

function readAnother(): void {
  const sum = tf.add(tf.scalar(1), tf.scalar(2));
  expect(sum.dataSync()[0]).toBe(3);
}

it("a read leaves what an open scope will free recorded, however often, and computes what was kept meanwhile", () => {
  const [temporary, kept] = [tf.exp(tf.zeros([3])), tf.exp(tf.ones([3]))];
  for (let i = 0; i < 3; i++) readAnother();
  expect([temporary, kept].map(isPending)).toEqual([true, true]);
  tf.keep(kept);
  readAnother();
  expect([temporary, kept].map(isPending)).toEqual([true, false]);
  kept.dispose();
});

it("two tensors over one content are temporary if an open scope frees both, disposed ones do not count", () => {
  const shared = tf.exp(tf.zeros([3, 2]));
  const view = tf.reshape(shared, [6]);
  readAnother();
  expect(isPending(shared)).toBe(true);
  tf.keep(view);
  readAnother();
  expect(isPending(shared)).toBe(false);
  view.dispose();
  const [other, kept] = tf.tidy(() => {
    const made = tf.exp(tf.zeros([3, 2]));
    return [made, tf.keep(tf.reshape(made, [6]))];
  });
  other.dispose();
  expect(isPending(kept)).toBe(true);
  readAnother();
  expect(isPending(kept)).toBe(false);
  kept.dispose();
});

it("tensors of an inner scope are looked at as well, and a scope that ends takes nothing along", () => {
  const outer = tf.exp(tf.zeros([2]));
  tf.tidy(() => {
    const inner = tf.exp(tf.zeros([4]));
    readAnother();
    expect([outer, inner].map(isPending)).toEqual([true, true]);
  });
  readAnother();
  expect(isPending(outer)).toBe(true);
  expect([...outer.dataSync()]).toEqual([1, 1]);
});

it("a read does not look again at the tensors of an open scope that have their values", () => {
  const known = tf.tensor1d([1, 2]);
  const { dataId } = known;
  let looks = 0;
  Object.defineProperty(known, "dataId", {
    get() {
      looks += 1;
      return dataId;
    },
  });
  for (let i = 0; i < 10; i++) readAnother();
  expect(looks).toBe(1);
});
