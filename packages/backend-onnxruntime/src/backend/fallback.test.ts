import * as tf from "@tensorflow/tfjs-core";
import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startBackend } from "../testing/start-backend.js";
import { runOnCpu } from "./fallback.js";
import type { OnnxRuntimeBackend } from "./onnxruntime-backend.js";

let backend: OnnxRuntimeBackend;
/** tfjs' cpu backend that works for the engine, as a kernel that runs there sees it. */
let cpu: MathBackendCPU | undefined;

/** A kernel that the engine does not know: it hands its inputs on, one of them as it is and one as a copy. */
const PROBE = "FallbackProbe";
const FAILING = "FallbackProbeThatFails";

beforeAll(async () => {
  backend = await startBackend();
  const seen = (worker: unknown): MathBackendCPU => {
    if (!(worker instanceof MathBackendCPU)) throw new TypeError("the probe runs on tfjs' cpu backend");
    cpu = worker;
    return worker;
  };
  tf.registerKernel({
    kernelName: PROBE,
    backendName: "cpu",
    kernelFunc: ({ inputs, backend: worker }) => {
      const results: tf.TensorInfo[] = [];
      for (const info of Object.values(inputs)) {
        const x = Array.isArray(info) ? info[0] : info;
        if (x === undefined) continue;
        if (results.length === 0) seen(worker).incRef(x.dataId);
        results.push(
          results.length === 0
            ? { dataId: x.dataId, shape: x.shape, dtype: x.dtype }
            : seen(worker).makeTensorInfo(x.shape, x.dtype, seen(worker).readSync(x.dataId)),
        );
      }
      return results;
    },
  });
  tf.registerKernel({
    kernelName: FAILING,
    backendName: "cpu",
    kernelFunc: ({ backend: worker }) => {
      seen(worker);
      throw new Error("the probe fails");
    },
  });
});

afterAll(() => {
  for (const name of [PROBE, FAILING]) tf.unregisterKernel(name, "cpu");
});

it("leaves nothing on tfjs' cpu backend, neither copies of inputs nor results", () => {
  tf.tidy(() => {
    const inputs = { a: tf.tensor1d([1, 2]), b: tf.tensor1d([3, 4]) };
    runOnCpu(backend, PROBE, inputs, undefined);
    expect(cpu?.numDataIds()).toBe(0);
    const { result } = runOnCpu(backend, PROBE, inputs, undefined);
    expect([result].flat().map(({ dataId }) => [...backend.readSync(dataId)])).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(cpu?.numDataIds()).toBe(0);
  });
});

it("leaves nothing there of complex numbers either, whose parts are tensors of their own", () => {
  tf.tidy(() => {
    const x = tf.complex([1, 2], [3, 4]);
    expect([...tf.real(tf.fft(x)).dataSync()]).toEqual([3, -1]);
    runOnCpu(backend, PROBE, { a: tf.tensor1d([1]) }, undefined);
    expect(cpu?.numDataIds()).toBe(0);
  });
});

it("leaves nothing there when the kernel throws", () => {
  tf.tidy(() => {
    const inputs = { a: tf.tensor1d([1, 2]) };
    expect(() => runOnCpu(backend, FAILING, inputs, undefined)).toThrow("the probe fails");
    expect(cpu?.numDataIds()).toBe(0);
  });
});

it("names the kernel that exists nowhere", () => {
  expect(() => runOnCpu(backend, "NoSuchKernel", {}, undefined)).toThrow(
    expect.objectContaining({
      code: "LIT_ENGINE_KERNEL",
      message: "The kernel NoSuchKernel has neither a lowering for these inputs nor a cpu kernel.",
    }),
  );
});
