import { classNameOf, toDevice, type Metric } from "@lightning-ts/core";
import { warnOnce, type BackwardOptions, type Device } from "@lightning-ts/fabric";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { Callback } from "./callback.js";
import type { BatchSources } from "../data/combined-loader.js";
import type { BatchSource } from "../words/batch-source.js";
import type { CheckpointContent } from "../words/checkpoint-content.js";
import type { StepOutput, TrainingStepResult } from "../words/step-output.js";
import { readClipping, type ClipGradientsOptions, type ClippingAlgorithm } from "../words/clipping.js";
import type { LogOptions } from "../words/log-options.js";
import type { Stage } from "../words/stages.js";
import { blameCaller } from "../errors/blame-caller.js";
import { notDefined } from "../errors/not-defined.js";
import { AttachedModule, requireRuntime } from "./attached-module.js";
import type { LightningOptimizer } from "../words/lightning-optimizer.js";
import { loadModule, loadWeights, type LoadFromCheckpointOptions, type ModuleClass } from "./load-from-checkpoint.js";
import type { OptimizersOf, SchedulersFrom } from "./returned-optimizers.js";
import { runtimeOf } from "./module-runtime.js";
import type { ConfiguredOptimizers, LRSchedulerLike } from "../words/scheduler-config.js";
import { writeOnnx, type ToOnnxOptions } from "./write-onnx.js";

type Hook = void | Promise<void>;

/**
 * A model together with how it is trained: the steps, the optimizers, and any hook that you override.
 * `TBatch` is a batch as the steps get it, with its tensors on the device.
 *
 * The minimum to train is `trainingStep`, `configureOptimizers` and a training dataloader. Steps and hooks may return
 * promises.
 * @example
 * ```ts
 * import { F, nn, optim, tf } from "@lightning-ts/core";
 * import { LightningModule } from "@lightning-ts/pytorch";
 *
 * class Classifier extends LightningModule<[x: tf.Tensor2D, y: tf.Tensor1D]> {
 *   readonly net = new nn.Linear(4, 3);
 *
 *   override trainingStep([x, y]: [x: tf.Tensor2D, y: tf.Tensor1D]) {
 *     const loss = F.crossEntropy(this.net.forward(x), y);
 *     this.log("train_loss", loss);
 *     return loss;
 *   }
 *
 *   override configureOptimizers() {
 *     return new optim.Adam(this.parameters(), { lr: 1e-3 });
 *   }
 * }
 * console.log(new Classifier().parameters().length); // 2
 * ```
 */
export class LightningModule<TBatch = unknown, THparams extends object = object> extends AttachedModule<THparams> {
  /**
   * Whether the Trainer runs backward and optimizer. With false, `trainingStep` calls `manualBackward` and steps its
   * optimizers itself. @default true
   */
  automaticOptimization = true;
  /** Whether weights in a checkpoint must match exactly. @default true */
  strictLoading = true;
  /** Whether one process of each machine prepares data, or one of all. @default true */
  prepareDataPerNode = true;
  /** Whether a loader may be empty on some ranks only: all of them then go without it. @default false */
  allowZeroLengthDataloaderWithMultipleDevices = false;
  /**
   * Steps that take a `DataloaderIterator`, where a bundler changes the name `dataloaderIter` by which it is known.
   * @default none
   */
  iteratorSteps: readonly ("trainingStep" | "validationStep" | "testStep" | "predictStep")[] = [];
  /** An example of what `forward` takes, for the sizes in a model summary. */
  exampleInputArray: unknown = undefined;

  /** Computes predictions. `predictStep` calls it with the batch. */
  override forward(..._inputs: unknown[]): unknown {
    throw notDefined(this, "forward");
  }

  /**
   * Computes the loss of a batch: a scalar, or an object with `loss`. Nothing skips the batch. A step whose first
   * parameter is called `dataloaderIter` gets a `DataloaderIterator` instead, and takes as many batches as it wants.
   */
  trainingStep(_batch: TBatch, _batchIdx: number): TrainingStepResult | Promise<TrainingStepResult> {
    throw notDefined(this, "trainingStep");
  }

  validationStep(_batch: TBatch, _batchIdx: number, _dataloaderIdx: number): unknown {
    throw notDefined(this, "validationStep");
  }

  testStep(_batch: TBatch, _batchIdx: number, _dataloaderIdx: number): unknown {
    throw notDefined(this, "testStep");
  }

  /** What `trainer.predict` returns for a batch. @default `this.forward(batch)` */
  predictStep(batch: TBatch, _batchIdx: number, _dataloaderIdx: number): unknown {
    return forwardOf<TBatch>(this, batch);
  }

  /** Makes the optimizers, and schedulers if there are any. All of Lightning's return formats work. */
  configureOptimizers(): ConfiguredOptimizers {
    throw notDefined(this, "configureOptimizers");
  }

  /** Callbacks that this module brings; they replace the Trainer's callbacks of the same class. */
  configureCallbacks(): Callback | readonly Callback[] {
    return [];
  }

  /**
   * Makes layers when the device is ready, for models that are too large to be made in the constructor. May be called
   * several times.
   */
  configureModel(): Hook {}
  /** Downloads or prepares data; keeps nothing on `this`. */
  prepareData(): Hook {}
  trainDataloader(): BatchSource<unknown> | Promise<BatchSource<unknown>> {
    throw notDefined(this, "trainDataloader");
  }
  valDataloader(): BatchSources<unknown> | Promise<BatchSources<unknown>> {
    throw notDefined(this, "valDataloader");
  }
  testDataloader(): BatchSources<unknown> | Promise<BatchSources<unknown>> {
    throw notDefined(this, "testDataloader");
  }
  predictDataloader(): BatchSources<unknown> | Promise<BatchSources<unknown>> {
    throw notDefined(this, "predictDataloader");
  }

  setup(_stage: Stage): Hook {}
  /** Called at the end of a run, also of one that failed; then it gets the error. */
  teardown(_stage: Stage, _error?: unknown): Hook {}
  onFitStart(): Hook {}
  onFitEnd(): Hook {}
  onTrainStart(): Hook {}
  onTrainEnd(): Hook {}
  onTrainEpochStart(): Hook {}
  onTrainEpochEnd(): Hook {}
  /** Return -1 to leave the epoch before this batch. */
  onTrainBatchStart(_batch: TBatch, _batchIdx: number): void | number | Promise<void | number> {}
  onTrainBatchEnd(_outputs: StepOutput, _batch: TBatch, _batchIdx: number): Hook {}
  onBeforeZeroGrad(_optimizer: LightningOptimizer): Hook {}
  onBeforeBackward(_loss: Tensor): Hook {}
  onAfterBackward(): Hook {}
  onBeforeOptimizerStep(_optimizer: LightningOptimizer): Hook {}
  onValidationStart(): Hook {}
  onValidationEnd(): Hook {}
  onValidationEpochStart(): Hook {}
  onValidationEpochEnd(): Hook {}
  onValidationBatchStart(_batch: TBatch, _batchIdx: number, _dataloaderIdx: number): Hook {}
  onValidationBatchEnd(_outputs: unknown, _batch: TBatch, _batchIdx: number, _dataloaderIdx: number): Hook {}
  onTestStart(): Hook {}
  onTestEnd(): Hook {}
  onTestEpochStart(): Hook {}
  onTestEpochEnd(): Hook {}
  onTestBatchStart(_batch: TBatch, _batchIdx: number, _dataloaderIdx: number): Hook {}
  onTestBatchEnd(_outputs: unknown, _batch: TBatch, _batchIdx: number, _dataloaderIdx: number): Hook {}
  onPredictStart(): Hook {}
  onPredictEnd(): Hook {}
  onPredictEpochStart(): Hook {}
  onPredictEpochEnd(): Hook {}
  onPredictBatchStart(_batch: TBatch, _batchIdx: number, _dataloaderIdx: number): Hook {}
  onPredictBatchEnd(_outputs: unknown, _batch: TBatch, _batchIdx: number, _dataloaderIdx: number): Hook {}
  /** May add entries to the checkpoint that is about to be written. */
  onSaveCheckpoint(_checkpoint: CheckpointContent): Hook {}
  onLoadCheckpoint(_checkpoint: CheckpointContent): Hook {}

  /** Frees the gradients before a validation inside `fit`. @default `zeroGrad()` */
  onValidationModelZeroGrad(): Hook {
    this.zeroGrad();
  }
  /** @default `eval()` */
  onValidationModelEval(): void {
    this.eval();
  }
  /**
   * Puts the module back into training mode after an evaluation. An override replaces the default, which gives every
   * submodule the mode back that it had.
   */
  onValidationModelTrain(): void {}
  onTestModelEval(): void {
    this.eval();
  }
  onTestModelTrain(): void {}
  onPredictModelEval(): void {
    this.eval();
  }

  /** Changes a host batch before it is moved to the device. */
  onBeforeBatchTransfer(batch: unknown, _dataloaderIdx: number): unknown {
    return batch;
  }
  /** Moves a batch to the device: every `TensorBuffer` in it becomes a tensor. */
  transferBatchToDevice(batch: unknown, _device: Device, _dataloaderIdx: number): unknown {
    return toDevice(batch);
  }
  onAfterBatchTransfer(batch: unknown, _dataloaderIdx: number): unknown {
    return batch;
  }

  /** Must run `closure`, which computes loss and gradients. @default `optimizer.step(closure)` */
  optimizerStep(_epoch: number, _batchIdx: number, optimizer: LightningOptimizer, closure: () => unknown): Hook {
    return optimizer.step(closure);
  }
  optimizerZeroGrad(_epoch: number, _batchIdx: number, optimizer: LightningOptimizer): void {
    optimizer.zeroGrad();
  }
  /** Called with the loss, divided by `accumulateGradBatches`. @default fills `grad` of the parameters */
  backward(loss: Tensor, options: BackwardOptions = {}): Hook {
    return requireRuntime(this, "backward").backward(loss, options);
  }
  /** Called before every optimizer step, also when clipping is off. @default `clipGradients` */
  configureGradientClipping(
    optimizer: LightningOptimizer,
    gradientClipVal: number | undefined,
    gradientClipAlgorithm: ClippingAlgorithm | undefined,
  ): void {
    // Returned, because an own clipGradients may be asynchronous.
    return this.clipGradients(optimizer, gradientClipVal, gradientClipAlgorithm);
  }
  /** @param metric the monitored metric, for schedulers that need one */
  lrSchedulerStep(scheduler: LRSchedulerLike, metric: number | undefined): void | Promise<void> {
    return metric === undefined ? scheduler.step() : scheduler.step(metric);
  }

  /**
   * Reports a metric: to the loggers, the progress bar, and to whoever monitors it. Tensors are read only when somebody
   * looks.
   * @param value a number, a tensor with one element, or a metric object that is a field of this module: its last call
   *   gives the value of the step, and the Trainer computes and resets it when the epoch ends
   * @throws MisconfigurationError in hooks that cannot log
   */
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

  /** Computes the gradients of a loss in manual optimization, with the hooks around it. */
  manualBackward(loss: Tensor, options: BackwardOptions = {}): Hook {
    return requireRuntime(this, "manualBackward").manualBackward(loss, options);
  }

  /**
   * Clips this optimizer's gradients: `clipGradients(optimizer, 0.5, "norm")`, or with both by name in an object.
   * @default the Trainer's settings
   */
  clipGradients(
    optimizer: LightningOptimizer,
    gradientClipVal?: number | ClipGradientsOptions,
    gradientClipAlgorithm?: ClippingAlgorithm,
  ): void {
    const read = readClipping(gradientClipVal, gradientClipAlgorithm);
    const runtime = requireRuntime(this, "clipGradients");
    runtime.clipGradients(optimizer, read.gradientClipVal, read.gradientClipAlgorithm);
  }

  /** The optimizer of this run; where `configureOptimizers` returned several, all of them in their order. */
  optimizers<TThis>(this: TThis): OptimizersOf<TThis>;
  optimizers(): LightningOptimizer | readonly LightningOptimizer[] {
    return oneOrList(requireRuntime(this, "optimizers").optimizers);
  }

  /**
   * The scheduler of this run; several as a list, and undefined where there is none. In manual optimization stepping
   * them is your job.
   */
  lrSchedulers<TReturned>(this: { configureOptimizers(): TReturned }): SchedulersFrom<Awaited<TReturned>>;
  lrSchedulers(): LRSchedulerLike | readonly LRSchedulerLike[] | undefined {
    const { lrSchedulers } = requireRuntime(this, "lrSchedulers");
    return lrSchedulers.length === 0 ? undefined : oneOrList(lrSchedulers);
  }

  /** Lets only this optimizer's parameters get gradients, until `untoggleOptimizer`. */
  toggleOptimizer(optimizer: LightningOptimizer): void {
    optimizer.toggle();
  }
  untoggleOptimizer(optimizer: LightningOptimizer): void {
    optimizer.untoggle();
  }

  /** `toggleOptimizer`, then `body`, then `untoggleOptimizer`; it waits for a promise. @returns what `body` returned */
  toggledOptimizer<TResult>(optimizer: LightningOptimizer, body: () => TResult): TResult {
    return optimizer.toggleModel(body);
  }

  /** Switches gradients off for all parameters, and the module to evaluation mode. */
  freeze(): this {
    return this.requiresGrad(false).eval();
  }
  unfreeze(): this {
    return this.requiresGrad(true).train();
  }

  /**
   * Writes `forward` in evaluation mode as an ONNX file: ONNX's own operators, any batch size.
   * @param options what `exportOnnx` of core takes; `input` is `exampleInputArray` if it is left out
   * @throws MisconfigurationError without an example; an error that names what has no counterpart in ONNX
   */
  toOnnx(path: string, options: ToOnnxOptions = {}): Promise<void> {
    return blameCaller("toOnnx", () => writeOnnx(this, path, options));
  }

  /** Takes the weights of a checkpoint. Random numbers are not touched. */
  async loadCheckpoint(path: string, options: LoadFromCheckpointOptions = {}): Promise<this> {
    await blameCaller("loadCheckpoint", () => loadWeights(this, path, options));
    return this;
  }

  /**
   * Makes a module from a checkpoint: the class is constructed with the hyperparameters that it saved, then gets its
   * weights.
   * @param options `hparams` override those in the file
   */
  static loadFromCheckpoint<TModule extends LightningModule>(
    this: ModuleClass<TModule>,
    path: string,
    options: LoadFromCheckpointOptions = {},
  ): Promise<TModule> {
    return blameCaller("loadFromCheckpoint", () => loadModule(this, path, options));
  }
}

/** What a `forward` takes, its own class says: here it is one that takes a batch. */
function forwardOf<TBatch>(module: { forward(batch: TBatch): unknown }, batch: TBatch): unknown {
  return module.forward(batch);
}

function oneOrList<TValue>(values: readonly TValue[]): TValue | readonly TValue[] {
  const [one] = values;
  return values.length === 1 && one !== undefined ? one : values;
}
