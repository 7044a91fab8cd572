import { countRuns, MisconfigurationError, outsideScope, RunTasks } from "@lightning-ts/core";
import { completePorts, type KeptCheckpoints, makeFolder, Messages } from "@lightning-ts/fabric";
import { asSaveError } from "../callbacks/as-save-error.js";
import { Timer } from "../callbacks/timer.js";
import { dumpCheckpoint } from "../run/stages/dump-checkpoint.js";
import { attachRuntime } from "../contract/module-runtime.js";
import { runtimeBeforeRun } from "../run/stages/runtime-of-session.js";
import { readRunOf } from "../checkpoint/run-of-checkpoint.js";
import { toCheckpointTree } from "../checkpoint/codecs/checkpoint-tree.js";
import { Door } from "../door/door.js";
import { Driver } from "../door/driver.js";
import { wait, type Steps } from "../door/steps.js";
import type { LightningModule } from "../contract/lightning-module.js";
import { renderEvaluation } from "../display/evaluation-table.js";
import { PublishedMetrics } from "../results/published-metrics.js";
import { completeCallbacks, mergeModuleCallbacks } from "./attach-callbacks.js";
import { loggersOf } from "./default-loggers.js";
import { enterRun } from "./run-inside.js";
import { InterruptionError } from "../errors/interruption-error.js";
import { requireNotRefused } from "./require-not-refused.js";
import { execute, type RunOutcome } from "./execute.js";
import { rememberCall, rememberOptions } from "./options-of-trainer.js";
import { blameCaller } from "../errors/blame-caller.js";
import { callbackList } from "../options/find-conflicts.js";
import type { FitResult } from "../words/fit-result.js";
import { OwnOptimizers } from "../run/session/own-optimizers.js";
import { SAVE_CHECKPOINT } from "../profilers/actions.js";
import { timed } from "../run/hooks/timed.js";
import { timingOf } from "./open-profiler.js";
import { writeDown } from "../run/session/write-down.js";
import { RunIdentity } from "../run/session/run-identity.js";
import { FitState } from "../run/state/fit-state.js";
import { DEFAULT_MAX_EPOCHS } from "../options/option-table.js";
import { requireOptions, resolveOptions } from "../options/resolve-options.js";
import { readEvaluateArguments, readFitArguments, requireModule, type RunArguments } from "./run-arguments.js";
import type { RunRequest } from "../run/stages/run-request.js";
import type { Stage } from "../words/stages.js";
import type { TrainerOptions } from "../options/trainer-options.js";
import { TrainerBase } from "./trainer-base.js";
import type { Trainer as TrainerContract } from "../contract/trainer.js";

/** A Trainer, as modules and callbacks know it. */
export type Trainer = TrainerContract;

/** The class of Trainers. What is not in the contract stays inside, so that a Trainer is the same type everywhere. */
type TrainerClass = new (options?: TrainerOptions) => Trainer;

/**
 * Runs a module: training, validation, testing, prediction. It owns devices, loops, checkpoints and logs; the module
 * owns the science. One Trainer may run several times; `fit` goes on counting where the last one ended.
 * @example
 * ```ts
 * import { DataLoader, F, nn, optim, TensorDataset, tf } from "@lightning-ts/core";
 * import { LightningModule, Trainer } from "@lightning-ts/pytorch";
 *
 * type Batch = [x: tf.Tensor2D, y: tf.Tensor2D];
 * class Regression extends LightningModule<Batch> {
 *   readonly net = new nn.Linear(4, 1);
 *
 *   override trainingStep([x, y]: Batch) {
 *     return F.mseLoss(this.net.forward(x), y);
 *   }
 *
 *   override configureOptimizers() {
 *     return new optim.SGD(this.parameters(), { lr: 0.1 });
 *   }
 * }
 * const data = new TensorDataset(tf.buffer<tf.Rank.R2>([8, 4], "float32"), tf.buffer<tf.Rank.R2>([8, 1], "float32"));
 * const trainer = new Trainer({ maxEpochs: 2, enableProgressBar: false });
 * const { status, steps } = await trainer.fit(new Regression(), new DataLoader(data, { batchSize: 4 }));
 * console.log(status, steps); // finished 4
 * ```
 */
export const Trainer: TrainerClass = class Trainer extends TrainerBase implements TrainerContract {
  // A bundler gives a class that speaks of itself another name.
  static override readonly name: string = "Trainer";
  /** @throws MisconfigurationError that lists everything that is wrong with the options */
  constructor(options: TrainerOptions = {}) {
    requireOptions(options);
    const ports = completePorts("new Trainer()", options.ports);
    const { options: all, plan, connection } = resolveOptions(options, ports);
    const messages = new Messages(ports.terminal, () => connection.strategy.isGlobalZero);
    super(
      {
        plan,
        connection,
        messages,
        identity: new RunIdentity(connection.ports, messages),
        ownOptimizers: new OwnOptimizers(),
        state: new FitState(plan),
        published: new PublishedMetrics(),
        current: { module: undefined, session: undefined, fit: undefined, door: undefined, isInner: false },
      },
      {
        callbacks: completeCallbacks(callbackList(all.callbacks), plan, messages),
        loggers: loggersOf(all.logger, plan, ports),
      },
    );
    rememberOptions(this, all);
    for (const note of plan.notes) messages.info(note);
  }

  async fit(model: LightningModule, data?: unknown, valOrOptions?: unknown, options?: unknown): Promise<FitResult> {
    const given = readFitArguments(data, valOrOptions, options);
    return this.#enter("fit", model, given, async () => {
      this.parts.state.epochLimit ??=
        this.parts.plan.maxSteps === -1 && this.parts.plan.maxTimeMs === undefined && !this.#hasTimer()
          ? this.#defaultMaxEpochs()
          : -1;
      return this.#fitResult(await this.#run("fit", model, given));
    });
  }

  async validate(...given: readonly unknown[]): Promise<Record<string, number>[]> {
    return this.#evaluate("validate", given);
  }

  async test(...given: readonly unknown[]): Promise<Record<string, number>[]> {
    return this.#evaluate("test", given);
  }

  // What predictions are is in the contract, by the type of the module.
  predict(...given: readonly unknown[]): Promise<never[]>;
  async predict(...all: readonly unknown[]): Promise<unknown[]> {
    const { model, ...given } = readEvaluateArguments("predict", all);
    const { predictions } = await this.#enter("predict", model, given, () => this.#run("predict", model, given));
    if (given.returnPredictions === false) return [];
    return predictions.length === 1 ? (predictions[0] ?? []) : predictions;
  }

  saveCheckpoint(path: string, options: { readonly weightsOnly?: boolean | undefined } = {}): Promise<void> {
    const save = () => wait(outsideScope(this.#saveCheckpoint(path, options.weightsOnly ?? false)));
    return blameCaller("trainer.saveCheckpoint", async () => {
      const { session } = this.parts.current;
      await new Driver().run(timed({ timing: session?.timing }, SAVE_CHECKPOINT, "checkpoints", save));
    });
  }

  removeCheckpoint(path: string): Promise<void> {
    return this.parts.connection.strategy.removeCheckpoint(path);
  }

  checkpointExists(path: string): Promise<boolean> {
    return this.parts.connection.strategy.checkpointExists(path);
  }

  async reportCheckpoints(kept: KeptCheckpoints): Promise<void> {
    await this.parts.current.session?.logging.loggers.afterSaveCheckpoint(kept);
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
    if (this.parts.state.stopsAtOnce && this.parts.current.door?.hook !== undefined)
      throw new InterruptionError("no checkpoint is begun any more", this.parts.state.describePosition());
    const tree = await session.driver.run(dumpCheckpoint(session, this.parts.current.fit, { weightsOnly }));
    const { files } = this.ports;
    const target = files.resolve(path);
    const { connection, identity, state } = this.parts;
    if (connection.strategy.isGlobalZero && state.status === "running") {
      await asSaveError(target, () => makeFolder(files, files.dirname(target)));
      await identity.hold(files.dirname(target));
    }
    const options = { weights: "state_dict", owner: identity.id };
    await connection.strategy.saveCheckpoint(target, toCheckpointTree(tree), options);
    if (connection.strategy.isGlobalZero && state.stage === "fit" && !weightsOnly)
      await writeDown(connection.ports, {
        ...identity.forCheckpoint(),
        path: target,
        state,
        messages: this.parts.messages,
      });
  }

  dispose(): void {
    const { current, ownOptimizers, state } = this.parts;
    if (state.status === "running")
      throw new MisconfigurationError({
        code: "LIT_BUSY",
        message: `trainer.dispose() was called during ${state.stage}, which needs what would be freed.`,
        tryThis: "await the run first.",
      });
    ownOptimizers.dispose();
    current.fit = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  clearInterruption(): void {
    this.parts.refusal = undefined;
  }

  get runId(): string {
    return this.parts.identity.id;
  }

  async stepBeforeResuming(path: string): Promise<number | undefined> {
    const { connection, identity } = this.parts;
    try {
      const tree = await connection.strategy.loadCheckpoint(path);
      const step = tree["global_step"];
      return identity.wasBefore(readRunOf(tree)) && typeof step === "number" ? step : undefined;
    } catch {
      // What cannot be read is nothing that this run could know for its own.
      return undefined;
    }
  }

  async #enter<TResult>(
    stage: Stage,
    module: LightningModule | undefined,
    { datamodule }: RunArguments,
    run: () => Promise<TResult>,
  ): Promise<TResult> {
    return blameCaller(`trainer.${stage}`, () =>
      enterRun({ trainer: this, parts: this.parts, module, datamodule, trains: stage === "fit", run }),
    );
  }

  async #run(stage: Stage, model: LightningModule | undefined, given: RunArguments): Promise<RunOutcome> {
    const module = requireModule(model ?? this.parts.current.module, stage);
    this.parts.current.module = module;
    if (stage === "fit") this.parts.current.fit = undefined;
    const { connection, state } = this.parts;
    requireNotRefused(stage, this.parts.refusal);
    state.begin(stage);
    const tasks = new RunTasks(this);
    const driver = new Driver(tasks, () =>
      countRuns() > 1 && connection.strategy.isLaunched ? connection.device.backend.submit() : undefined,
    );
    const timing = this.parts.current.isInner ? undefined : timingOf(this.profiler);
    const door = new Door({
      driver,
      tasks,
      timing,
      position: () => state.describePosition(),
      aroundStep: (step) => connection.precision.forward(step),
    });
    this.parts.current.door = door;
    rememberCall(this, given);
    const { datamodule, signal } = given;
    const prepare = () => this.#prepare(stage, { ...given, model, module, door });
    const refuse = (interruption: string): void => {
      this.parts.refusal = interruption;
    };
    const parts = { trainer: this, driver, door, timing, refuse, ...this.parts };
    try {
      attachRuntime(module, runtimeBeforeRun(this, parts));
      return await tasks.follow(() => execute(parts, { stage, module, datamodule, signal, prepare }));
    } finally {
      tasks.end();
    }
  }

  /** The module's callbacks join those of the Trainer, and the checkpoint is chosen. */
  *#prepare(
    stage: Stage,
    call: RunArguments & { readonly model: LightningModule | undefined; module: LightningModule; door: Door },
  ): Steps<RunRequest> {
    const { model, door, ...given } = call;
    const added = yield* door.call(given.module, "configureCallbacks");
    this.callbacks = mergeModuleCallbacks(this.callbacks, added, this.parts.messages);
    if (given.datamodule !== undefined) given.datamodule.trainer = this;
    return { ...given, stage, ckptPath: this.#chooseCheckpoint(stage, model, given.ckptPath) };
  }

  async #evaluate(stage: "validate" | "test", all: readonly unknown[]): Promise<Record<string, number>[]> {
    const { model, ...given } = readEvaluateArguments(stage, all);
    const { metrics } = await this.#enter(stage, model, given, () => this.#run(stage, model, given));
    if (given.verbose && metrics.some((ofLoader) => Object.keys(ofLoader).length > 0))
      this.say(renderEvaluation(stage, metrics));
    return metrics;
  }

  /** The call's own, else the one that was set, else what the call implies. */
  #chooseCheckpoint(stage: Stage, model: LightningModule | undefined, given: string | undefined): string | undefined {
    const { state } = this.parts;
    const set = state.chosenCkptPath;
    if (given === undefined) return set ?? this.#impliedCheckpoint(stage, model);
    if (set !== undefined)
      this.warn(
        `ckptPath ${set}`,
        `trainer.ckptPath is "${set}", but trainer.${stage} was called with ckptPath "${given}": that one is used, and the other is forgotten.`,
      );
    state.chosenCkptPath = undefined;
    return given;
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
    this.warn(
      "maxEpochs",
      `maxEpochs was not set; training runs for ${DEFAULT_MAX_EPOCHS} epochs. Use maxEpochs: -1 for no limit.`,
    );
    return DEFAULT_MAX_EPOCHS;
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
};
