import {
  backward,
  currentBackend,
  DataLoader,
  F,
  nn,
  optim,
  TensorDataset,
  tensorScope,
  tf,
  toDevice,
} from "@lightning-ts/core";
import { Callback, LightningModule, Trainer, type TrainerOptions } from "@lightning-ts/pytorch";
import type { LoopName } from "./models.js";

export interface LoopOptions {
  readonly features: number;
  readonly steps: number;
  /** Where logs and checkpoints go. */
  readonly folder: string;
}

type Batch = [x: tf.Tensor2D, y: tf.Tensor1D];
const BATCH_SIZE = 64;

class Linear extends LightningModule<Batch> {
  readonly layer: nn.Linear;
  constructor(
    features: number,
    readonly logs: boolean,
  ) {
    super();
    this.layer = new nn.Linear(features, 10);
  }
  override trainingStep([x, y]: Batch) {
    const loss = F.crossEntropy(this.layer.forward(x), y);
    if (this.logs) this.log("train_loss", loss, { progBar: true });
    return loss;
  }
  override configureOptimizers() {
    return new optim.Adam(this.parameters());
  }
}

/** Times the batches of an epoch, the last step completed. */
class Stopwatch extends Callback {
  durationMs = 0;
  #startMs = 0;
  override onTrainEpochStart() {
    this.#startMs = performance.now();
  }
  override async onTrainEpochEnd() {
    await currentBackend().synchronize();
    this.durationMs = performance.now() - this.#startMs;
  }
}

/** Each runs one epoch and tells how many milliseconds its steps took. */
export const LOOPS: Record<LoopName, (options: LoopOptions) => Promise<number>> = {
  handWritten,
  barebones: (options) => trained(options, { barebones: true }),
  trainer: (options) => trained(options, { defaultRootDir: options.folder }),
};

async function handWritten(options: LoopOptions): Promise<number> {
  const model = new nn.Linear(options.features, 10);
  const optimizer = new optim.Adam(model.parameters());
  const backend = currentBackend();
  const loader = batches(options);
  const startMs = performance.now();
  for await (const batch of loader) {
    const scope = tensorScope();
    const [x, y] = toDevice(batch);
    optimizer.zeroGrad();
    backward(F.crossEntropy(model.forward(x), y));
    optimizer.step();
    scope.close();
    await backend.submit();
  }
  await backend.synchronize();
  return performance.now() - startMs;
}

async function trained(options: LoopOptions, trainerOptions: TrainerOptions): Promise<number> {
  const stopwatch = new Stopwatch();
  const silent = {
    isInteractive: true,
    columns: 100,
    hasColors: false,
    format: String,
    write: () => undefined,
    warn: () => undefined,
  };
  const trainer = new Trainer({
    accelerator: "onnxruntime",
    maxEpochs: 1,
    callbacks: stopwatch,
    ports: { terminal: silent },
    ...trainerOptions,
  });
  await trainer.fit(new Linear(options.features, trainerOptions.barebones !== true), batches(options));
  return stopwatch.durationMs;
}

function batches({ features, steps }: LoopOptions) {
  const rows = steps * BATCH_SIZE;
  return new DataLoader(new TensorDataset(tf.buffer<tf.Rank.R2>([rows, features]), new Int32Array(rows)), {
    batchSize: BATCH_SIZE,
  });
}
