import * as tf from "@tensorflow/tfjs-core";
import { afterEach, expect, it } from "vitest";
import { registerOnnxRuntime } from "./index.js";

afterEach(() => {
  if (tf.findBackendFactory("onnxruntime") !== null) tf.removeBackend("onnxruntime");
});

it("refuses an option that does not exist, and says which do", () => {
  const options = { threads: undefined, thread: 2 };
  expect(() => registerOnnxRuntime(options)).toThrow(/no such option. Expected threads, cacheSize.* Received thread\./);
  expect(tf.findBackendFactory("onnxruntime")).toBeNull();
});

it("refuses a size that is no count", () => {
  expect(() => registerOnnxRuntime({ cacheSize: 0 })).toThrow(/cacheSize is not usable. Expected an integer of at least 1. Received 0/);
});

it("registers once; later calls may repeat options but not change them", () => {
  registerOnnxRuntime({ cacheSize: 8 });
  registerOnnxRuntime();
  registerOnnxRuntime({ cacheSize: 8 });
  expect(() => registerOnnxRuntime({ cacheSize: 9 })).toThrow(/another cacheSize already. Expected 8. Received 9/);
});

it("importing ./register registers it", async () => {
  await import("./register.js");
  expect(tf.findBackendFactory("onnxruntime")).not.toBeNull();
});
