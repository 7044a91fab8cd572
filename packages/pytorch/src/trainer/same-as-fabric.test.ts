import { DataLoader, F, nn, optim, seedEverything, TensorDataset, tf } from "@lightning-ts/core";
import { cpu, Fabric } from "@lightning-ts/fabric";
import { FakeTerminal, MemoryFiles } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { LightningModule } from "../contract/lightning-module.js";
import { Trainer } from "./trainer.js";

const STEPS = 100;
const ROWS = 80;
const BATCH_SIZE = 8;

type Batch = [x: tf.Tensor<tf.Rank.R2>, y: tf.Tensor<tf.Rank.R1>];

interface Case {
  readonly accumulateGradBatches: number;
  readonly gradientClipVal?: number;
  readonly gradientClipAlgorithm?: "norm" | "value";
}

class Net extends nn.Module {
  readonly layers = new nn.Sequential(
    new nn.Linear(6, 12),
    new nn.LayerNorm(12),
    new nn.ReLU(),
    new nn.Dropout(0.1),
    new nn.Linear(12, 4),
  );

  override forward(x: tf.Tensor): tf.Tensor {
    return this.layers.forward(x);
  }
}

class Classifier extends LightningModule<Batch> {
  readonly net = new Net();

  override trainingStep([x, y]: Batch): tf.Tensor {
    return F.crossEntropy(this.net.forward(x), y);
  }
  override configureOptimizers(): optim.AdamW {
    return new optim.AdamW(this.parameters(), { lr: 0.01 });
  }
}

function loader() {
  const x = tf.buffer<tf.Rank.R2>([ROWS, 6]);
  x.values.forEach((_, i) => (x.values[i] = Math.sin(3 * i)));
  return new DataLoader(
    new TensorDataset(
      x,
      Int32Array.from({ length: ROWS }, (_, i) => i % 4),
    ),
    { batchSize: BATCH_SIZE, shuffle: true, seed: 5 },
  );
}

const world = (backend: string) => ({
  accelerator: cpu({ backend }),
  ports: { files: new MemoryFiles(), terminal: new FakeTerminal() },
});

async function trainedByTrainer(backend: string, options: Case): Promise<number[][]> {
  const trainer = new Trainer({
    ...world(backend),
    ...options,
    maxSteps: STEPS,
    maxEpochs: -1,
    logger: false,
    enableCheckpointing: false,
    enableProgressBar: false,
  });
  seedEverything(3);
  const module = new Classifier();
  await trainer.fit(module, loader());
  return weightsOf(module.net);
}

async function trainedByFabric(
  backend: string,
  { accumulateGradBatches, gradientClipVal, gradientClipAlgorithm }: Case,
): Promise<number[][]> {
  const fabric = new Fabric(world(backend));
  await fabric.launch();
  seedEverything(3);
  const [model, optimizer] = fabric.setup(new Net(), (m) => new optim.AdamW(m.parameters(), { lr: 0.01 }));
  const batches = fabric.setupDataloaders(loader());
  let steps = 0;
  while (steps < STEPS) {
    let inEpoch = 0;
    for await (const [x, y] of batches) {
      inEpoch += 1;
      fabric.backward(F.crossEntropy(model.forward(x), y).div(accumulateGradBatches));
      if (inEpoch % accumulateGradBatches !== 0 && inEpoch < batches.length) continue;
      if (gradientClipVal !== undefined) {
        fabric.clipGradients(
          model,
          optimizer,
          gradientClipAlgorithm === "value"
            ? { clipVal: gradientClipVal }
            : { maxNorm: gradientClipVal, errorIfNonfinite: false },
        );
      }
      optimizer.step();
      optimizer.zeroGrad();
      steps += 1;
      if (steps === STEPS) break;
    }
  }
  return weightsOf(model);
}

function weightsOf(model: nn.Module): number[][] {
  return model.parameters().map((parameter) => [...parameter.dataSync()]);
}

describe.each(["cpu", "onnxruntime"])("a Fabric loop and Trainer.fit on %s", (backend) => {
  it.each<Case>([
    { accumulateGradBatches: 1 },
    { accumulateGradBatches: 3 },
    { accumulateGradBatches: 1, gradientClipVal: 0.1 },
    { accumulateGradBatches: 3, gradientClipVal: 0.001, gradientClipAlgorithm: "value" },
  ])("have bit-equal weights after 100 steps with %o", async (options) => {
    const byFabric = await trainedByFabric(backend, options);
    expect(await trainedByTrainer(backend, options)).toEqual(byFabric);
    expect(byFabric.flat().every(Number.isFinite)).toBe(true);
  });
});
