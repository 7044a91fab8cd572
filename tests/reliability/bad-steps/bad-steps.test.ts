import { RandomStream, tf } from "lightning-ts/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OnnxRuntimeBackend } from "../../../packages/backend-onnxruntime/src/backend/onnxruntime-backend.js";
import { JavaScriptRunner } from "../../../packages/backend-onnxruntime/src/devices/javascript/javascript-runner.js";
import { openGraphRunner } from "../../../packages/backend-onnxruntime/src/devices/open-graph-runner.js";
import { startBackend } from "../../../packages/backend-onnxruntime/src/testing/start-backend.js";
import { type Fault, FAULTS, FragileTraining, type Reading, READINGS } from "./fragile-model.js";

const STEPS = 400;

interface Plan {
  readonly fault: Fault;
  readonly reading: Reading;
  readonly waits: boolean;
}

/** About half of the steps fail, in every way and with every reading. */
function plan(seed: number): Plan[] {
  const random = RandomStream.fromSeed(seed, "plan");
  return Array.from({ length: STEPS }, (): Plan => {
    const fault = random.integer(2) === 0 ? "none" : (FAULTS[random.integer(FAULTS.length)] ?? "none");
    return { fault, reading: READINGS[random.integer(READINGS.length)] ?? "none", waits: random.integer(3) === 0 };
  });
}

describe.each([
  ["C API", () => openGraphRunner()],
  ["JavaScript interface", () => new JavaScriptRunner()],
])("bad steps (%s)", (_, open) => {
  let backend: OnnxRuntimeBackend;

  beforeAll(async () => {
    if (tf.findBackend("onnxruntime") !== null) tf.removeBackend("onnxruntime");
    backend = await startBackend({ runner: open() });
  });

  afterAll(async () => {
    tf.removeBackend("onnxruntime");
    await backend.close();
  });

  async function attempt(errors: unknown[], body: () => void | Promise<void>): Promise<void> {
    try {
      await body();
    } catch (error) {
      errors.push(error);
    }
  }

  it.each([1, 2])(`of ${STEPS} leave no trace, whoever looks at what (seed %i)`, { timeout: 120_000 }, async (seed) => {
    const steps = plan(seed);
    const training = new FragileTraining((x) => uncompilable(backend, x));
    const errors: unknown[] = [];
    for (const [number, { fault, reading, waits }] of steps.entries()) {
      await attempt(errors, () => training.step(number, fault, reading));
      await attempt(errors, () => (waits ? backend.synchronize() : backend.submit()));
    }
    await attempt(errors, () => backend.synchronize());
    const bad = steps.filter(({ fault }) => fault !== "none").length;
    expect(bad).toBeGreaterThan(150);
    expect(errors.length).toBeGreaterThan(bad / 2);
    for (const error of errors) expect(String(error)).toMatch(/index|indices|NoSuchOperation|Error in matMul/);
    const { committed } = training;
    expect(committed.length).toBeGreaterThan(60);
    for (const number of committed) expect(steps[number]?.fault).toBe("none");
    const state = await training.state();
    training.dispose();

    const clean = new FragileTraining((x) => x);
    for (const number of committed) {
      await clean.step(number, "none", "none");
      await backend.submit();
    }
    await backend.synchronize();
    expect(state).toEqual(await clean.state());
    clean.dispose();
  });
});

function uncompilable(backend: OnnxRuntimeBackend, x: tf.Tensor): tf.Tensor {
  const info = backend.run(
    {
      name: "Uncompilable",
      record: () => ({ inputs: [x], outputs: [{ shape: [], dtype: "float32" }] }),
      lower: (graph, [value]) => [graph.op("NoSuchOperation", [value])],
    },
    {},
    undefined,
  );
  return tf.engine().makeTensorFromTensorInfo(Array.isArray(info) ? x : info, backend);
}
