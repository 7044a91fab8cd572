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
      available: ["32-true", "bf16-true", "16-true"],
    });
  });

  it("rounds as the processor does, by arithmetic", async () => {
    const special = [
      0,
      1,
      -1,
      1 / 3,
      65_504,
      65_519,
      65_520,
      -70_000,
      2 ** -24,
      2 ** -25,
      3 * 2 ** -26,
      -1e-6,
      6e-8,
      1e-30,
    ];
    const values = [...special, 1e30, 2 ** 65 / 3, -3e38, 3.39e38, 3.4e38, Infinity, -Infinity, NaN, 257, 1 + 2 ** -8];
    const many = Array.from({ length: 1e4 }, (_, i) => Math.sin(i) * 2 ** ((i % 60) - 30));
    const x = Float32Array.from([...values, ...many]);
    for (const dtype of ["float16", "bfloat16"] as const) {
      const rounded: number[][] = [];
      for (const accelerator of ["cpu", "webgpu"] as const) {
        await new L.Fabric({ accelerator }).launch();
        const backend = current();
        rounded.push(
          tf.tidy(() => [
            ...tf
              .engine()
              .makeTensorFromTensorInfo(backend.rounding.rounded(tf.tensor1d(x), dtype))
              .dataSync(),
          ]),
        );
      }
      const [expected = [], received = []] = rounded;
      // Zeros have no sign there.
      expect(received.map((value) => value + 0)).toEqual(expected.map((value) => value + 0));
    }
  });

  it.each(["16-true", "bf16-true"] as const)("trains in %s, with the processor's numbers", async (precision) => {
    const losses: number[][] = [];
    for (const accelerator of ["cpu", "webgpu"] as const) {
      const fabric = new L.Fabric({ accelerator, precision });
      await fabric.launch();
      fabric.seedEverything(1);
      const net = new nn.Sequential(new nn.Linear(6, 16), new nn.LayerNorm(16), new nn.ReLU(), new nn.Linear(16, 3));
      const [model, optimizer] = fabric.setup(net, (m) => new optim.SGD(m.parameters(), { lr: 0.1, momentum: 0.9 }));
      losses.push(
        Array.from({ length: 6 }, (_, step) =>
          fabric.step(() => {
            const x = tf.tensor2d(
              Array.from({ length: 48 }, (__, i) => Math.sin(step + 3 * i)),
              [8, 6],
            );
            const targets = tf.tensor1d([0, 1, 2, 0, 1, 2, 0, 1], "int32");
            const loss = fabric.autocast(() => F.crossEntropy(model.forward(x), targets));
            optimizer.zeroGrad();
            fabric.backward(loss);
            optimizer.step();
            return loss.dataSync()[0] ?? Number.NaN;
          }),
        ),
      );
    }
    const [expected = [], received = []] = losses;
    const unit = precision === "16-true" ? 2 ** -10 : 2 ** -7;
    received.forEach((loss, step) => expect(Math.abs(loss - (expected[step] ?? NaN))).toBeLessThan(2.5 * unit));
  });

  it("says so to programs of tfjs too", async () => {
    await tf.setBackend("onnxruntime-webgpu");
    expect(current().computesIn("float16")).toBe(false);
    expect(() => current().autocast("float16", () => tf.scalar(1))).toThrow("has no products in float16");
  });
});
