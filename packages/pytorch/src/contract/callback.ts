import { classNameOf } from "@lightning-ts/core";
import type { Metric } from "@lightning-ts/core";
import { warnOnce } from "@lightning-ts/fabric";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { CheckpointContent } from "../words/checkpoint-content.js";
import type { LogOptions } from "../words/log-options.js";
import type { StepOutput } from "../words/step-output.js";
import type { LightningModule } from "./lightning-module.js";
import type { LightningOptimizer } from "../words/lightning-optimizer.js";
import type { Stage } from "../words/stages.js";
import { runtimeOf } from "./module-runtime.js";
import { stateNameOf } from "./state-name.js";
import type { Trainer } from "./trainer.js";

type Hook = void | Promise<void>;

/**
 * Something that happens beside the training: override the hooks that it needs. A hook may return a promise; the loop
 * waits for it. Hooks run in the order of `Trainer({ callbacks })`, before the module's own hook of the same name.
 * @example
 * ```ts
 * import { Callback, Trainer } from "@lightning-ts/pytorch";
 *
 * class PrintEpochs extends Callback {
 *   override onTrainEpochEnd(trainer: Trainer) {
 *     console.log(`epoch ${trainer.currentEpoch}`, trainer.callbackMetrics);
 *   }
 * }
 * const trainer = new Trainer({ maxEpochs: 3, callbacks: [new PrintEpochs()] });
 * console.log(trainer.callbacks.length);
 * ```
 */
export class Callback {
  /** The class's name in checkpoints, where a bundler may change the real one. A subclass has its own. */
  static readonly stateName: string = "Callback";

  /**
   * Callbacks that watch metrics run after the module's hooks at the end of a training epoch, and checkpoints after
   * everything else.
   */
  readonly monitorsMetrics: boolean = false;

  /**
   * Under which name the state is kept in a checkpoint. Two callbacks with state need two keys.
   * @default the class's own `static stateName`, else its name, which a bundler that shortens names changes
   */
  get stateKey(): string {
    return stateNameOf(this);
  }

  /** Plain values (and tensors) to keep in a checkpoint. An empty object is not stored. */
  stateDict(): Record<string, unknown> | Promise<Record<string, unknown>> {
    return {};
  }

  /** Takes back what `stateDict` returned. */
  loadStateDict(_state: Record<string, unknown>): Hook {}

  /** Logs a metric as `module.log` does, by the rules of the hook that is running. */
  log(name: string, value: Tensor | number | Metric, options: LogOptions = {}): void {
    const runtime = runtimeOf(this);
    if (runtime === undefined)
      warnOnce(this, "log", `${classNameOf(this)}.log() was called without a Trainer; nothing is logged.`);
    else runtime.log(name, value, options);
  }

  /** `log` for several metrics. */
  logDict(metrics: Readonly<Record<string, Tensor | number | Metric>>, options: LogOptions = {}): void {
    for (const [name, value] of Object.entries(metrics)) this.log(name, value, options);
  }

  setup(_trainer: Trainer, _module: LightningModule, _stage: Stage): Hook {}
  /** Called at the end of a run, also of one that failed; then it gets the error. */
  teardown(_trainer: Trainer, _module: LightningModule, _stage: Stage, _error?: unknown): Hook {}
  onFitStart(_trainer: Trainer, _module: LightningModule): Hook {}
  onFitEnd(_trainer: Trainer, _module: LightningModule): Hook {}
  onSanityCheckStart(_trainer: Trainer, _module: LightningModule): Hook {}
  onSanityCheckEnd(_trainer: Trainer, _module: LightningModule): Hook {}
  onTrainStart(_trainer: Trainer, _module: LightningModule): Hook {}
  onTrainEnd(_trainer: Trainer, _module: LightningModule): Hook {}
  onTrainEpochStart(_trainer: Trainer, _module: LightningModule): Hook {}
  onTrainEpochEnd(_trainer: Trainer, _module: LightningModule): Hook {}
  onTrainBatchStart(_trainer: Trainer, _module: LightningModule, _batch: unknown, _batchIdx: number): Hook {}
  onTrainBatchEnd(
    _trainer: Trainer,
    _module: LightningModule,
    _outputs: StepOutput,
    _batch: unknown,
    _batchIdx: number,
  ): Hook {}
  onBeforeZeroGrad(_trainer: Trainer, _module: LightningModule, _optimizer: LightningOptimizer): Hook {}
  onBeforeBackward(_trainer: Trainer, _module: LightningModule, _loss: Tensor): Hook {}
  onAfterBackward(_trainer: Trainer, _module: LightningModule): Hook {}
  onBeforeOptimizerStep(_trainer: Trainer, _module: LightningModule, _optimizer: LightningOptimizer): Hook {}
  onValidationStart(_trainer: Trainer, _module: LightningModule): Hook {}
  onValidationEnd(_trainer: Trainer, _module: LightningModule): Hook {}
  onValidationEpochStart(_trainer: Trainer, _module: LightningModule): Hook {}
  onValidationEpochEnd(_trainer: Trainer, _module: LightningModule): Hook {}
  onValidationBatchStart(
    _trainer: Trainer,
    _module: LightningModule,
    _batch: unknown,
    _batchIdx: number,
    _dataloaderIdx: number,
  ): Hook {}
  onValidationBatchEnd(
    _trainer: Trainer,
    _module: LightningModule,
    _outputs: unknown,
    _batch: unknown,
    _batchIdx: number,
    _dataloaderIdx: number,
  ): Hook {}
  onTestStart(_trainer: Trainer, _module: LightningModule): Hook {}
  onTestEnd(_trainer: Trainer, _module: LightningModule): Hook {}
  onTestEpochStart(_trainer: Trainer, _module: LightningModule): Hook {}
  onTestEpochEnd(_trainer: Trainer, _module: LightningModule): Hook {}
  onTestBatchStart(
    _trainer: Trainer,
    _module: LightningModule,
    _batch: unknown,
    _batchIdx: number,
    _dataloaderIdx: number,
  ): Hook {}
  onTestBatchEnd(
    _trainer: Trainer,
    _module: LightningModule,
    _outputs: unknown,
    _batch: unknown,
    _batchIdx: number,
    _dataloaderIdx: number,
  ): Hook {}
  onPredictStart(_trainer: Trainer, _module: LightningModule): Hook {}
  onPredictEnd(_trainer: Trainer, _module: LightningModule): Hook {}
  onPredictEpochStart(_trainer: Trainer, _module: LightningModule): Hook {}
  onPredictEpochEnd(_trainer: Trainer, _module: LightningModule): Hook {}
  onPredictBatchStart(
    _trainer: Trainer,
    _module: LightningModule,
    _batch: unknown,
    _batchIdx: number,
    _dataloaderIdx: number,
  ): Hook {}
  onPredictBatchEnd(
    _trainer: Trainer,
    _module: LightningModule,
    _outputs: unknown,
    _batch: unknown,
    _batchIdx: number,
    _dataloaderIdx: number,
  ): Hook {}
  /** May add entries to a checkpoint that is about to be written. Not called for weights-only checkpoints. */
  onSaveCheckpoint(_trainer: Trainer, _module: LightningModule, _checkpoint: CheckpointContent): Hook {}
  onLoadCheckpoint(_trainer: Trainer, _module: LightningModule, _checkpoint: CheckpointContent): Hook {}
  /** Called when the run failed or was interrupted. */
  onException(_trainer: Trainer, _module: LightningModule, _error: unknown): Hook {}
}
