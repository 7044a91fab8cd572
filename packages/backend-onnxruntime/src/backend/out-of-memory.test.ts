import * as tf from "@tensorflow/tfjs-core";
import { afterEach, describe, expect, it } from "vitest";
import { openGraphRunner } from "../devices/open-graph-runner.js";
import { OutOfMemoryError } from "../errors/out-of-memory-error.js";
import { BACKEND_NAME } from "../register-onnxruntime.js";
import { useSoftwareGpu } from "../testing/software-gpu.js";
import { startBackend } from "../testing/start-backend.js";
import { explainFailure } from "./explain-failure.js";

afterEach(() => {
  if (tf.findBackend(BACKEND_NAME) !== null) tf.removeBackend(BACKEND_NAME);
});

/** Sides of a matrix that is larger than a buffer of the software GPU, and than what a process can address. */
const SIDE = { webgpu: 20_000, cpu: 40_000_000 } as const;

describe.each(["cpu", "webgpu"] as const)("memory that runs out on %s", (device) => {
  const isThere = device === "cpu" || useSoftwareGpu();

  it.skipIf(!isThere)("is explained by the tensor, its size and what is held; the rest goes on", async () => {
    const runner = openGraphRunner({ device });
    const backend = await startBackend({ runner });
    const kept = tf.variable(tf.tensor1d(Array.from({ length: 100_000 }, (_, i) => i)));
    const side = SIDE[device];
    const before = await tf.sum(kept).data();
    const huge = tf.tidy(() => {
      kept.assign(tf.add(kept, 1));
      return tf.matMul(tf.fill([side, 1], 2), tf.fill([1, side], 3));
    });
    const failure: unknown = await huge.data().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(OutOfMemoryError);
    expect(failure).toMatchObject({
      code: "LIT_ENGINE_MEMORY",
      message: expect.stringMatching(
        new RegExp(
          `no room for float32\\[${side},${side}\\], the result of \\w+\\(.*\\) \\([\\d.]+ [GP]iB\\); tensors hold [\\d.]+ [KM]iB, ` +
            "and .* wait for reuse.*Try: a smaller batch",
        ),
      ),
    });
    huge.dispose();
    await backend.synchronize().catch(() => undefined);
    const after = await tf.sum(kept).data();
    expect([after[0], (after[0] ?? 0) - 100_000]).toContain(before[0]);
    const { allocatedBytes, pooledBytes } = backend.statistics();
    expect(allocatedBytes - pooledBytes).toBeLessThan(2_000_000);
    kept.dispose();
    tf.removeBackend(BACKEND_NAME);
    await runner.close();
  });
});

it.skipIf(!useSoftwareGpu())("a tensor of the host that a GPU has no room for is named at once", async () => {
  const runner = openGraphRunner({ device: "webgpu" });
  await startBackend({ runner });
  const large = new Float32Array(2 ** 28 + 1);
  expect(() => tf.tensor1d(large)).toThrow(/no room for float32\[268435457\] from the host \(1\.\d+ GiB\)/);
  expect(await tf.add(tf.tensor1d([1, 2]), 1).data()).toEqual(Float32Array.of(2, 3));
  tf.removeBackend(BACKEND_NAME);
  await runner.close();
});

describe("what providers say when memory runs out", () => {
  const circumstances = {
    nodes: [],
    badIndexOf: () => undefined,
    held: () => ({ allocatedBytes: 3 * 2 ** 20, pooledBytes: 2 ** 20 }),
  };

  it.each([
    ["Buffer size (1600000000) exceeds the max buffer size limit (1073741824).", 1_600_000_000],
    ["bfc_arena.cc:376 Failed to allocate memory for requested buffer of size 4096", 4096],
    ["bfc_arena.cc:359 Available memory of 12 is smaller than requested bytes of 512", 512],
    ["WebGPU validation failed. [Invalid Buffer (unlabeled)] is invalid due to a previous error.", undefined],
    ["CUDA failure 2: out of memory ; GPU=0", undefined],
    ["std::bad_alloc", undefined],
  ])("%s", (reason, sizeBytes) => {
    const error = explainFailure(new Error(reason), new Set(), circumstances);
    expect(error).toBeInstanceOf(OutOfMemoryError);
    expect(error).toMatchObject({ code: "LIT_ENGINE_MEMORY", sizeBytes });
    expect(error.message).toContain("tensors hold 2.00 MiB, and 1.00 MiB wait for reuse");
  });
});
