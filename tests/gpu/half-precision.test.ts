import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OnnxRuntimeBackend, registerOnnxRuntime } from "@lightning-ts/backend-onnxruntime";
import * as L from "lightning-ts";
import { F, nn, optim, tf } from "lightning-ts/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GraphRunner } from "../../packages/backend-onnxruntime/src/contract/graph-runner.js";
import { openGraphRunner } from "../../packages/backend-onnxruntime/src/devices/open-graph-runner.js";
import { WEBGPU_TARGET } from "../../packages/backend-onnxruntime/src/devices/webgpu/webgpu-target.js";
import { useSoftwareGpu } from "../../packages/backend-onnxruntime/src/testing/software-gpu.js";
import { PARITY_MODELS } from "../../tools/gpu-check/target/parity-models.js";
import { parityTraining, worstDifference } from "../../tools/gpu-check/target/train-parity-model.js";

const isThere = useSoftwareGpu();
const STEPS = 20;

/** What a device of its own has not. */
const PROCESSORS_OWN: ReadonlySet<string | symbol> = new Set(["startProgram", "startScatter", "startOnPieces"]);

/** The processor with the graphs that a GPU gets: its half products are ONNX Runtime's own. */
function processorLikeGpu(): GraphRunner {
  return new Proxy(openGraphRunner(), {
    get: (runner, name) => {
      if (name === "target") return WEBGPU_TARGET;
      if (PROCESSORS_OWN.has(name)) return undefined;
      const value: unknown = Reflect.get(runner, name, runner);
      return typeof value === "function" ? value.bind(runner) : value;
    },
  });
}

class LitLine extends L.LightningModule<readonly [tf.Tensor, tf.Tensor]> {
  readonly net = new nn.Linear(2, 1);
  override trainingStep([x, y]: readonly [tf.Tensor, tf.Tensor]) {
    return F.mseLoss(this.net.forward(x), y);
  }
  override configureOptimizers() {
    return new optim.SGD(this.parameters(), { lr: 0.1 });
  }
}

describe.skipIf(!isThere)("graphs with half products", () => {
  beforeAll(() => registerOnnxRuntime({ device: "webgpu", runner: processorLikeGpu() }));
  afterAll(() => tf.removeBackend("onnxruntime-webgpu"));

  it.each(Object.keys(PARITY_MODELS))(
    "train a tiny %s, at most as far from float32 as rounding leads",
    { timeout: 120_000 },
    async (name) => {
      const train = parityTraining(name, (body) => current().autocast("float16", body));
      const rounded = await train("onnxruntime", STEPS);
      const halves = await train("onnxruntime-webgpu", STEPS);
      const exact = await parityTraining(name)("onnxruntime", STEPS);
      const allowed = 2 * worstDifference(exact, rounded).difference + 1e-6;
      expect(worstDifference(exact, halves).difference).toBeLessThan(allowed);
      const [expected = NaN, received = NaN] = [exact.losses.at(-1), halves.losses.at(-1)];
      expect(Math.abs(received - expected)).toBeLessThan(0.02 * expected);
      expect(current().computesIn("float16")).toBe(true);
    },
  );
});

function current(): OnnxRuntimeBackend {
  const backend = tf.backend();
  if (backend instanceof OnnxRuntimeBackend) return backend;
  throw new TypeError("the engine is not tfjs' backend");
}

describe.skipIf(!isThere)("a GPU without halves", () => {
  it.each(["16-mixed", "bf16-mixed"] as const)("refuses %s by name, before anything is trained", async (precision) => {
    const trainer = new L.Trainer({
      accelerator: "webgpu",
      precision,
      maxEpochs: 1,
      logger: false,
      enableProgressBar: false,
      defaultRootDir: mkdtempSync(join(tmpdir(), "lightning-half-")),
    });
    const data = new L.DataLoader(new L.TensorDataset(tf.buffer([4, 2]), tf.buffer([4, 1])));
    await expect(trainer.fit(new LitLine(), { trainDataloaders: data })).rejects.toMatchObject({
      code: "LIT_PRECISION",
      message: expect.stringContaining('"onnxruntime-webgpu" does not compute in precision'),
      available: ["32-true"],
    });
  });

  it("says so to programs of tfjs too", () => {
    expect(current().computesIn("float16")).toBe(false);
    expect(() => current().autocast("float16", () => tf.scalar(1))).toThrow("has no products in float16");
  });
});
