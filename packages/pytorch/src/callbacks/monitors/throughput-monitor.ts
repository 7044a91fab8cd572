import { classNameOf, MisconfigurationError, noGrad, rejectUnknownOptions } from "@lightning-ts/core";
import { Callback } from "../../contract/callback.js";
import type { LightningModule } from "../../contract/lightning-module.js";
import type { Trainer } from "../../contract/trainer.js";
import { badOption } from "../../errors/bad-option.js";
import type { StepOutput } from "../../words/step-output.js";
import type { RunningStage, Stage } from "../../words/stages.js";
import { isLogDue } from "./is-log-due.js";
import { Throughput, type ThroughputOptions } from "./throughput.js";

export interface ThroughputMonitorOptions extends Omit<ThroughputOptions, "worldSize"> {
  /** How many samples a batch has. */
  readonly batchSizeFn: (batch: unknown) => number;
  /** How many parts, such as tokens, the samples of a batch have. */
  readonly lengthFn?: ((batch: unknown) => number) | undefined;
}

/** What one stage has done. */
interface StageWork {
  readonly throughput: Throughput;
  beganMs: number;
  batches: number;
  samples: number;
  lengths: number;
}

/**
 * Logs how many batches, samples, parts of samples and operations are computed in a second, as
 * `train/device/samples_per_sec`, in the steps that are logged anyway; rates come once `windowSize` batches were seen.
 * Time of validation does not count as time of training. Operations are those that the module states for each batch, in
 * a field or getter `flopsPerBatch`.
 * @example
 * ```ts
 * import { ThroughputMonitor, Trainer } from "@lightning-ts/pytorch";
 *
 * const batchSizeFn = (batch: unknown) => (batch as { shape: number[] }[])[0]?.shape[0] ?? 0;
 * const trainer = new Trainer({ maxEpochs: 10, callbacks: [new ThroughputMonitor({ batchSizeFn, windowSize: 20 })] });
 * ```
 */
export class ThroughputMonitor extends Callback {
  readonly #options: ThroughputMonitorOptions;
  readonly #stages = new Map<RunningStage, StageWork>();

  /** @throws MisconfigurationError for options that do not exist or have no meaning */
  constructor(options: ThroughputMonitorOptions) {
    super();
    const names = ["batchSizeFn", "lengthFn", "availableFlops", "windowSize", "separator"];
    rejectUnknownOptions("ThroughputMonitor", options, names);
    const { batchSizeFn, lengthFn, ...measured } = options;
    if (typeof batchSizeFn !== "function")
      throw badOption("ThroughputMonitor", "batchSizeFn", "a function from a batch to its samples", batchSizeFn);
    if (lengthFn !== undefined && typeof lengthFn !== "function")
      throw badOption("ThroughputMonitor", "lengthFn", "a function from a batch to its parts", lengthFn);
    this.#options = options;
    new Throughput(measured);
  }

  override setup(trainer: Trainer, module: LightningModule, _stage: Stage): void {
    this.#stages.clear();
    if (flopsOf(module) === undefined)
      trainer.warn(
        "flopsPerBatch",
        `ThroughputMonitor logs no operations: ${classNameOf(module)} has no flopsPerBatch that says how many a batch needs.`,
      );
  }

  override onTrainStart(trainer: Trainer): void {
    this.#start(trainer);
  }
  override onTrainBatchEnd(trainer: Trainer, module: LightningModule, _outputs: StepOutput, batch: unknown): void {
    const { batchIdx } = trainer.fitLoop.epochLoop;
    this.#update(trainer, module, batch);
    const isWindowEnd = trainer.isLastBatch || (batchIdx + 1) % trainer.accumulateGradBatches === 0;
    if (isWindowEnd) this.#log(trainer, trainer.batchesThatStepped);
  }

  override onValidationStart(trainer: Trainer): void {
    if (!trainer.sanityChecking) this.#start(trainer);
  }
  override onValidationBatchEnd(trainer: Trainer, module: LightningModule, _outputs: unknown, batch: unknown): void {
    if (trainer.sanityChecking) return;
    this.#update(trainer, module, batch);
    const loop = trainer.stage === "fit" ? trainer.fitLoop.epochLoop.valLoop : trainer.validateLoop;
    this.#log(trainer, loop.batchProgress.total.ready);
  }
  /** What came since the last training batch is no time of training. */
  override onValidationEnd(trainer: Trainer): void {
    const train = this.#stages.get("train");
    if (train === undefined || trainer.sanityChecking || trainer.stage !== "fit") return;
    train.beganMs = trainer.ports.clock.now() - train.throughput.timeSeconds * 1000;
  }

  override onTestStart(trainer: Trainer): void {
    this.#start(trainer);
  }
  override onTestBatchEnd(trainer: Trainer, module: LightningModule, _outputs: unknown, batch: unknown): void {
    this.#update(trainer, module, batch);
    this.#log(trainer, trainer.testLoop.batchProgress.total.ready);
  }

  override onPredictStart(trainer: Trainer): void {
    this.#start(trainer);
  }
  override onPredictBatchEnd(trainer: Trainer, module: LightningModule, _outputs: unknown, batch: unknown): void {
    this.#update(trainer, module, batch);
    this.#log(trainer, trainer.predictLoop.batchProgress.total.ready);
  }

  #start(trainer: Trainer): void {
    if (!trainer.isGlobalZero || trainer.runningStage === undefined) return;
    const { batchSizeFn: _, lengthFn: __, ...measured } = this.#options;
    const throughput = new Throughput({ ...measured, worldSize: trainer.worldSize });
    const beganMs = trainer.ports.clock.now();
    this.#stages.set(trainer.runningStage, { throughput, beganMs, batches: 0, samples: 0, lengths: 0 });
  }

  #update({ ports, runningStage }: Trainer, module: LightningModule, batch: unknown): void {
    const work = runningStage === undefined ? undefined : this.#stages.get(runningStage);
    if (work === undefined) return;
    const { batchSizeFn, lengthFn } = this.#options;
    const timeSeconds = (ports.clock.now() - work.beganMs) / 1000;
    work.batches += 1;
    work.samples += counted(
      "batchSizeFn",
      noGrad(() => batchSizeFn(batch)),
    );
    if (lengthFn !== undefined)
      work.lengths += counted(
        "lengthFn",
        noGrad(() => lengthFn(batch)),
      );
    const { batches, samples } = work;
    const lengths = lengthFn === undefined ? undefined : work.lengths;
    work.throughput.update({ timeSeconds, batches, samples, lengths, flops: flopsOf(module) });
  }

  #log(trainer: Trainer, step: number): void {
    const stage = trainer.runningStage;
    const work = stage === undefined ? undefined : this.#stages.get(stage);
    if (work === undefined || !isLogDue(trainer)) return;
    const entries = Object.entries(work.throughput.compute());
    const { separator } = work.throughput;
    trainer.logNow(Object.fromEntries(entries.map(([name, value]) => [`${stage}${separator}${name}`, value])), step);
  }
}

function flopsOf(module: LightningModule): number | undefined {
  const flops: unknown = Reflect.get(module, "flopsPerBatch");
  return typeof flops === "number" ? flops : undefined;
}

function counted(option: string, count: unknown): number {
  if (typeof count === "number" && Number.isFinite(count)) return count;
  throw new MisconfigurationError({
    message: `ThroughputMonitor cannot count with its ${option}.`,
    expected: "a function that returns a number",
    received: String(count),
  });
}
