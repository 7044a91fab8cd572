import { MisconfigurationError, type OnDevice } from "@lightning-ts/core";
import { nodePorts, type Ports } from "@lightning-ts/fabric";
import { Timer } from "../callbacks/timer.js";
import { dumpCheckpoint } from "../checkpoint/dump-checkpoint.js";
import { toCheckpointTree } from "../checkpoint/codecs/checkpoint-tree.js";
import type { BatchSource, BatchSources } from "../words/batch-source.js";
import type { CombinedLoader } from "../data/combined-loader.js";
import type { LightningDataModule } from "../contract/lightning-data-module.js";
import type { LightningModule } from "../contract/lightning-module.js";
import { renderEvaluation } from "../display/evaluation-table.js";
import { PublishedMetrics } from "../results/published-metrics.js";
import { completeCallbacks, mergeModuleCallbacks } from "./attach-callbacks.js";
import { loggersOf } from "./default-loggers.js";
import { withEnvironment } from "../options/environment-options.js";
import { execute, type RunOutcome } from "./execute.js";
import { callbackList } from "../options/find-conflicts.js";
import type { FitResult } from "../words/fit-result.js";
import { FitState } from "../run/state/fit-state.js";
import { Messages } from "../words/messages.js";
import { outsideScope } from "../checkpoint/outside-scope.js";
import { requireOptions, resolveOptions } from "../options/resolve-options.js";
import { readEvaluateArguments, readFitArguments, requireModule, type RunArguments } from "./run-arguments.js";
import type {
  CombinedFitOptions,
  EvaluateOptions,
  FitOptions,
  PredictOptions,
  RunOptions,
} from "../contract/run-options.js";
import type { RunRequest } from "../run/stages/run-request.js";
import type { Stage } from "../words/stages.js";
import type { TrainerOptions } from "../options/trainer-options.js";
import { TrainerView } from "./trainer-view.js";

/** A module whose steps take what these batches become on the device. */
type ModuleFor<THost> = LightningModule<NoInfer<OnDevice<THost>>>;

/**
 * Runs a module: training, validation, testing, prediction. It owns devices, loops, checkpoints and logs; the module
 * owns the science. One Trainer may run several times; `fit` goes on counting where the last one ended.
 */
export class Trainer extends TrainerView {
  /** @throws MisconfigurationError that lists everything that is wrong with the options */
  constructor(options: TrainerOptions = {}) {
    requireOptions(options);
    const ports: Ports = { ...nodePorts(), ...options.ports };
    const all = withEnvironment(options, ports.environment);
    const { plan, connection } = resolveOptions(all, ports);
    const messages = new Messages(ports.terminal);
    super(
      {
        plan,
        connection,
        messages,
        state: new FitState(),
        published: new PublishedMetrics(),
        current: { module: undefined, session: undefined, fit: undefined },
      },
      {
        callbacks: completeCallbacks(callbackList(all.callbacks), plan, messages),
        loggers: plan.enableLogger ? loggersOf(all, ports) : [],
      },
    );
    for (const note of plan.notes) messages.info(note);
  }

  /** Trains a module. Resolves to what happened; rejects when a hook, a step or a checkpoint failed. */
  fit(
    model: LightningModule,
    trainDataloaders: CombinedLoader,
    valDataloaders?: BatchSources<unknown>,
    options?: RunOptions,
  ): Promise<FitResult>;
  fit(model: LightningModule, options: CombinedFitOptions): Promise<FitResult>;
  fit<THost>(
    model: ModuleFor<THost>,
    trainDataloaders: BatchSource<THost>,
    valDataloaders?: BatchSources<NoInfer<THost>>,
    options?: RunOptions,
  ): Promise<FitResult>;
  fit<THost>(model: ModuleFor<THost>, datamodule: LightningDataModule<THost>, options?: RunOptions): Promise<FitResult>;
  fit<THost>(model: ModuleFor<THost>, options?: FitOptions<THost>): Promise<FitResult>;
  async fit(model: LightningModule, data?: unknown, valOrOptions?: unknown, options?: RunOptions): Promise<FitResult> {
    const given = readFitArguments(data, valOrOptions, options);
    this.epochLimit ??=
      this.parts.plan.maxSteps === -1 && this.parts.plan.maxTimeMs === undefined && !this.#hasTimer()
        ? this.#defaultMaxEpochs()
        : -1;
    const outcome = await this.#run("fit", model, given);
    return this.#fitResult(outcome);
  }

  /** Runs the validation data through `validationStep`. @returns one dictionary of metrics for each loader */
  validate<THost>(
    model: ModuleFor<THost>,
    dataloaders: BatchSources<THost> | LightningDataModule<THost>,
    options?: EvaluateOptions,
  ): Promise<Record<string, number>[]>;
  validate<THost>(model?: ModuleFor<THost>, options?: EvaluateOptions<THost>): Promise<Record<string, number>[]>;
  async validate(
    model?: LightningModule,
    data?: unknown,
    options?: EvaluateOptions,
  ): Promise<Record<string, number>[]> {
    return this.#evaluate("validate", model, data, options);
  }

  /** Runs the test data through `testStep`. @returns one dictionary of metrics for each loader */
  test<THost>(
    model: ModuleFor<THost>,
    dataloaders: BatchSources<THost> | LightningDataModule<THost>,
    options?: EvaluateOptions,
  ): Promise<Record<string, number>[]>;
  test<THost>(model?: ModuleFor<THost>, options?: EvaluateOptions<THost>): Promise<Record<string, number>[]>;
  async test(model?: LightningModule, data?: unknown, options?: EvaluateOptions): Promise<Record<string, number>[]> {
    return this.#evaluate("test", model, data, options);
  }

  /**
   * Runs data through `predictStep`. Tensors in the predictions are kept: dispose them when you are done.
   * @returns the predictions of each batch; with several loaders a list of those for each
   */
  predict<THost>(
    model: ModuleFor<THost>,
    dataloaders: BatchSources<THost> | LightningDataModule<THost>,
    options?: PredictOptions,
  ): Promise<unknown[]>;
  predict<THost>(model?: ModuleFor<THost>, options?: PredictOptions<THost>): Promise<unknown[]>;
  async predict(model?: LightningModule, data?: unknown, options?: PredictOptions): Promise<unknown[]> {
    const given = readEvaluateArguments("predict", data, options);
    const { predictions } = await this.#run("predict", model, given);
    if (given.returnPredictions === false) return [];
    return predictions.length === 1 ? (predictions[0] ?? []) : predictions;
  }

  /** Writes a checkpoint of the module that is attached. Between optimizer steps only, never inside one. */
  saveCheckpoint(path: string, options: { readonly weightsOnly?: boolean | undefined } = {}): Promise<void> {
    return outsideScope(this.#saveCheckpoint(path, options.weightsOnly ?? false));
  }

  /** Removes a checkpoint file; nothing happens where none is. */
  removeCheckpoint(path: string): Promise<void> {
    return this.parts.connection.strategy.removeCheckpoint(path);
  }

  async #saveCheckpoint(path: string, weightsOnly: boolean): Promise<void> {
    const session = this.parts.current.session;
    if (session === undefined)
      throw new MisconfigurationError({
        code: "LIT_NOT_ATTACHED",
        message: "saveCheckpoint() needs a module, and this Trainer has not run one yet.",
        tryThis: "call it after or during fit, validate, test or predict.",
      });
    if (
      this.parts.state.cursor.phase === "inBatch" &&
      this.parts.state.status === "running" &&
      this.parts.state.runningStage === "train"
    ) {
      throw new MisconfigurationError({
        code: "LIT_UNSAFE_POINT",
        message: `A checkpoint cannot be taken inside a training step (${this.parts.state.describePosition()}).`,
        tryThis: "onTrainBatchEnd, or any hook after it.",
      });
    }
    const tree = await dumpCheckpoint(session, this.parts.current.fit, { weightsOnly });
    await this.parts.connection.strategy.saveCheckpoint(this.ports.files.resolve(path), toCheckpointTree(tree), {
      weights: "state_dict",
    });
  }

  async #run(stage: Stage, model: LightningModule | undefined, given: RunArguments): Promise<RunOutcome> {
    if (this.parts.state.status === "running")
      throw new MisconfigurationError({
        code: "LIT_BUSY",
        message: `This Trainer is running ${this.parts.state.stage ?? "something"} already.`,
        tryThis: "await it first, or use another Trainer.",
      });
    const module = requireModule(model ?? this.parts.current.module, stage);
    this.parts.current.module = module;
    this.callbacks = mergeModuleCallbacks(this.callbacks, module);
    if (stage === "fit") this.parts.current.fit = undefined;
    Object.assign(this.parts.state, {
      stage,
      status: "running",
      shouldStop: false,
      stopReason: undefined,
      interruption: undefined,
    });
    if (given.datamodule !== undefined) given.datamodule.trainer = this;
    const ckptPath = given.ckptPath ?? this.#impliedCheckpoint(stage, model);
    const request: RunRequest = { ...given, stage, module, ckptPath };
    return execute({ trainer: this, ...this.parts }, request);
  }

  async #evaluate(
    stage: "validate" | "test",
    model: LightningModule | undefined,
    data: unknown,
    options: EvaluateOptions | undefined,
  ): Promise<Record<string, number>[]> {
    const given = readEvaluateArguments(stage, data, options);
    const { metrics } = await this.#run(stage, model, given);
    if (given.verbose && metrics.length > 0) this.say(renderEvaluation(stage, metrics));
    return metrics;
  }

  /** Without a model, evaluation takes the best checkpoint of the module that was trained. */
  #impliedCheckpoint(stage: Stage, model: LightningModule | undefined): string | undefined {
    if (stage === "fit" || model !== undefined || (this.checkpointCallback?.bestModelPath ?? "") === "")
      return undefined;
    this.warn(
      "implied best",
      `trainer.${stage} was called without a model: it uses the best checkpoint. Pass ckptPath: "best" or the model to say so.`,
    );
    return "best";
  }

  #hasTimer(): boolean {
    return this.callbacks.some((callback) => callback instanceof Timer);
  }

  #defaultMaxEpochs(): number {
    this.warn("maxEpochs", "maxEpochs was not set; training runs for 1000 epochs. Use maxEpochs: -1 for no limit.");
    return 1000;
  }

  #fitResult({ status, reason }: RunOutcome): FitResult {
    const checkpoint = this.checkpointCallback;
    const path = (text: string | undefined) => (text === undefined || text === "" ? undefined : text);
    return {
      status,
      reason,
      metrics: this.callbackMetrics,
      epochs: this.currentEpoch,
      steps: this.globalStep,
      bestModelPath: path(checkpoint?.bestModelPath),
      lastModelPath: path(checkpoint?.lastModelPath),
      logDir: this.logger?.logDir,
    };
  }
}
