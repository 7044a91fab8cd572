/** One `trainer.fit` of a task with everything at its default: `own-fit.ts <task> <threads> <start file> <folder>`. */
import { performance } from "node:perf_hooks";
import {
  currentBackend,
  DataLoader,
  F,
  item,
  type nn,
  optim,
  resolveBackend,
  TensorDataset,
  tf,
} from "@lightning-ts/core";
import { Callback, LightningModule, Trainer } from "@lightning-ts/pytorch";
import { readStart } from "../peers/read-start.js";
import { COMPARED_STEPS, FIT_TASK_NAMES, FIT_TASKS, type FitAnswer, WARM_UP_STEPS } from "./fit-task.js";

const [taskName = "", threads = "", startFile = "", folder = ""] = process.argv.slice(2);
type Batch = [x: tf.Tensor, y: tf.Tensor1D];

class Classifier extends LightningModule<Batch> {
  constructor(readonly model: nn.Module & { forward(x: tf.Tensor): tf.Tensor }) {
    super();
  }
  override trainingStep([x, y]: Batch) {
    const loss = F.crossEntropy(this.model.forward(x), y);
    this.log("train_loss", loss, { progBar: true });
    return loss;
  }
  override configureOptimizers() {
    return new optim.Adam(this.parameters());
  }
}

/** Reads the first losses, and takes the time of the steps after the first ones. */
class Stopwatch extends Callback {
  readonly losses: number[] = [];
  secondStepAt = Number.NaN;
  secondStepKiB = Number.NaN;
  steps = 0;
  /** Milliseconds from the end of the warm-up to the end of each epoch. */
  readonly epochEndsMs: number[] = [];
  #startMs = 0;

  override async onTrainBatchEnd(...[, , outputs]: Parameters<Callback["onTrainBatchEnd"]>) {
    this.steps += 1;
    if (this.steps <= COMPARED_STEPS && outputs?.["loss"] instanceof tf.Tensor) this.losses.push(item(outputs["loss"]));
    if (this.steps === 2) {
      this.secondStepAt = Date.now();
      this.secondStepKiB = process.resourceUsage().maxRSS;
    }
    if (this.steps !== WARM_UP_STEPS) return;
    await currentBackend().synchronize();
    this.#startMs = performance.now();
  }
  override async onTrainEpochEnd() {
    await currentBackend().synchronize();
    this.epochEndsMs.push(performance.now() - this.#startMs);
  }
}

const name = FIT_TASK_NAMES.find((known) => known === taskName);
if (name === undefined) throw new Error(`There is no task ${taskName}.`);
const { batchSize, epochs, model: createModel } = FIT_TASKS[name];
await resolveBackend("onnxruntime", { threads: Number(threads) });
const { model, inputs, targets } = readStart(startFile, createModel());
const stopwatch = new Stopwatch();
const trainer = new Trainer({ maxEpochs: epochs, defaultRootDir: folder, callbacks: stopwatch });
await trainer.fit(new Classifier(model), new DataLoader(new TensorDataset(inputs, targets), { batchSize }));
const samplesPerSecond = (epoch: number): number =>
  (1000 * batchSize * ((stopwatch.steps * epoch) / epochs - WARM_UP_STEPS)) /
  (stopwatch.epochEndsMs[epoch - 1] ?? Number.NaN);
const answer: FitAnswer = {
  description: `Node ${process.versions.node}, ${currentBackend().name}`,
  secondStepAt: stopwatch.secondStepAt,
  secondStepKiB: stopwatch.secondStepKiB,
  samplesPerSecond: samplesPerSecond(epochs),
  firstEpochSamplesPerSecond: samplesPerSecond(1),
  peakKiB: process.resourceUsage().maxRSS,
  losses: stopwatch.losses,
};
process.stdout.write(`${JSON.stringify(answer)}\n`);
