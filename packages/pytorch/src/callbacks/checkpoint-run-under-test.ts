import { FakeClock, MemoryFiles } from "@lightning-ts/testing";
import type { LightningModule } from "../contract/lightning-module.js";
import type { Trainer } from "../contract/trainer.js";
import type { Stage } from "../words/stages.js";
import { ModelCheckpoint } from "./model-checkpoint.js";
import type { ModelCheckpointOptions } from "./model-checkpoint-options.js";

export const MODULE: LightningModule = Object({});

/** As much of a Trainer as a ModelCheckpoint looks at. Its checkpoints are empty files. */
export class Run {
  readonly files = new MemoryFiles();
  readonly clock = new FakeClock(1000);
  readonly ports = { files: this.files, clock: this.clock };
  readonly said: string[] = [];
  readonly warnings: string[] = [];
  readonly saved: unknown[] = [];
  /** What loggers were told about the files that are kept. */
  readonly reported: object[] = [];
  readonly loggers = [];
  readonly defaultRootDir = "/project";
  readonly worldSize = 1;
  readonly isGlobalZero = true;
  fastDevRun = 0;
  stage: Stage = "fit";
  training = true;
  validating = false;
  globalStep = 0;
  batchesSeen = 0;
  currentEpoch = 0;
  callbackMetrics: Record<string, number> = {};
  validatesAtEpochEndOnly = true;
  willValidateNow = false;
  hasValidation = false;
  hasValidated = false;
  isLastBatch = false;
  ckptPath: string | undefined;

  readMetric(name: string): number | undefined {
    return this.callbackMetrics[name];
  }
  say(text: string): void {
    this.said.push(text);
  }
  warn(topic: string, text: string): void {
    this.warnings.push(`${topic}: ${text}`);
  }
  async saveCheckpoint(path: string, options: object): Promise<void> {
    await this.files.makeDirectory(this.files.dirname(path));
    const file = await this.files.open(path, "overwrite");
    await file.close();
    this.saved.push([path.slice(path.lastIndexOf("/") + 1), options]);
  }
  async reportCheckpoints(kept: object): Promise<void> {
    this.reported.push(kept);
  }
  async removeCheckpoint(path: string): Promise<void> {
    await this.files.remove(path);
  }
  async checkpointExists(path: string): Promise<boolean> {
    return (await this.files.stat(path)) !== undefined;
  }
}

/** A ModelCheckpoint in a run that has begun, and what the run does next. */
export async function start(options: ModelCheckpointOptions = {}, changes: Partial<Run> = {}) {
  const run = Object.assign(new Run(), changes);
  const callback = new ModelCheckpoint({ dirpath: "/ckpt", ...options });
  const trainer: Trainer = Object(run);
  await callback.setup(trainer, MODULE, run.stage);
  await callback.onTrainStart(trainer);
  return {
    run,
    callback,
    trainer,
    /** The files that there are. */
    names: () => run.files.paths().map((path) => path.replace("/ckpt/", "").replace(".ckpt", "")),
    async batch(metrics: Record<string, number> = {}) {
      run.globalStep += 1;
      run.batchesSeen += 1;
      Object.assign(run.callbackMetrics, metrics);
      await callback.onTrainBatchEnd(trainer);
    },
    async validation(metrics: Record<string, number> = {}) {
      Object.assign(run.callbackMetrics, metrics);
      run.hasValidated = true;
      await callback.onValidationEnd(trainer);
    },
    async epoch(metrics: Record<string, number> = {}) {
      Object.assign(run.callbackMetrics, metrics);
      await callback.onTrainEpochEnd(trainer);
      run.currentEpoch += 1;
    },
  };
}
