import * as tf from "@tensorflow/tfjs-core";
import { afterEach, expect, it } from "vitest";
import { OnnxRuntimeBackend, type OnnxRuntimeOptions, registerOnnxRuntime } from "./index.js";

afterEach(() => {
  if (tf.findBackendFactory("onnxruntime") !== null) tf.removeBackend("onnxruntime");
});

it("refuses an option that does not exist, and says which do", () => {
  const options = { threads: undefined, thread: 2 };
  expect(() => registerOnnxRuntime(options)).toThrow(/no such option. Expected threads, cacheSize.* Received thread\./);
  expect(tf.findBackendFactory("onnxruntime")).toBeNull();
});

it("refuses a size that is no count", () => {
  expect(() => registerOnnxRuntime({ cacheSize: 0 })).toThrow(
    /cacheSize is not usable. Expected an integer of at least 1. Received 0/,
  );
});

it("refuses a device that does not exist, and options of another one", () => {
  const options = { device: "tpu" } as unknown as OnnxRuntimeOptions;
  expect(() => registerOnnxRuntime(options)).toThrow(/device is not usable. Expected "cpu" or "webgpu" or "cuda"/);
  expect(() => registerOnnxRuntime({ tf32: true })).toThrow(/tf32 is for the device "cuda"/);
  expect(() => registerOnnxRuntime({ pinMemory: true })).toThrow(/pinMemory is for the device "cuda"/);
  const pinned = { device: "cuda", pinMemory: "yes" } as unknown as OnnxRuntimeOptions;
  expect(() => registerOnnxRuntime(pinned)).toThrow(/pinMemory is not usable. Expected true or false. Received yes/);
  expect(() => registerOnnxRuntime({ device: "cuda", powerPreference: "low-power" })).toThrow(
    /for the device "webgpu"/,
  );
  expect(() => registerOnnxRuntime({ device: "cuda", deviceIndex: -1 })).toThrow(/an integer of at least 0/);
});

it("registers once; later calls may repeat options but not change them", () => {
  registerOnnxRuntime({ cacheSize: 8 });
  registerOnnxRuntime();
  registerOnnxRuntime({ cacheSize: 8 });
  expect(() => registerOnnxRuntime({ cacheSize: 9 })).toThrow(/another cacheSize already. Expected 8. Received 9/);
});

it("takes a number of threads until something is computed", async () => {
  registerOnnxRuntime();
  await tf.setBackend("onnxruntime");
  const x = tf.tensor1d([1, 2]);
  registerOnnxRuntime({ threads: 2 });
  expect(() => registerOnnxRuntime({ threads: 1 })).toThrow(/another threads already. Expected 2. Received 1/);
  expect([...tf.square(x).dataSync()]).toEqual([1, 4]);
  expect(engineThreads()).toBe(2);
});

it("keeps the threads that have started without a number, and takes their number", async () => {
  registerOnnxRuntime();
  await tf.setBackend("onnxruntime");
  tf.square([1, 2]).dataSync();
  expect(() => registerOnnxRuntime({ threads: 97 })).toThrow(/threads belong to the process/);
  registerOnnxRuntime({ threads: engineThreads() });
});

function engineThreads(): number {
  const backend: unknown = tf.backend();
  if (!(backend instanceof OnnxRuntimeBackend)) throw new Error("the engine does not run");
  return backend.statistics().threads;
}

it("importing ./register registers it", async () => {
  await import("./register.js");
  expect(tf.findBackendFactory("onnxruntime")).not.toBeNull();
});
