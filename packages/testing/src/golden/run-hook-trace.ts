import type { tf } from "@lightning-ts/core";
import { cpu, type Logger } from "@lightning-ts/fabric";
import {
  Callback,
  EarlyStopping,
  GradientAccumulationScheduler,
  type LightningDataModule,
  ModelCheckpoint,
  type RunOptions,
  Timer,
  Trainer,
  type TrainerOptions,
} from "@lightning-ts/pytorch";
import { FakeTerminal } from "../fakes/fake-terminal.js";
import { MemoryFiles } from "../fakes/memory-files.js";
import type { GoldenConfig, GoldenKind } from "./golden-config.js";
import { countSequential, GoldenData } from "./golden-data.js";
import { AskedFailure, GoldenModel } from "./golden-model.js";
import { HookTrace, recording, RECORDED_HOOKS } from "./hook-trace.js";

type CallName = keyof typeof CALL;
interface CallOptions {
  readonly ckptPath?: string;
  readonly datamodule?: boolean;
  readonly maxEpochs?: number;
}

/** One Trainer and what is called on it. */
export interface TracedRun {
  readonly model?: GoldenConfig;
  readonly options?: TrainerOptions;
  readonly callbacks?: readonly (readonly [kind: string, options: Readonly<Record<string, never>>])[];
  readonly calls?: readonly (readonly [CallName, CallOptions])[];
}

export interface TracedCase {
  readonly name: string;
  readonly runs: readonly TracedRun[];
  readonly trace: readonly string[];
}

const FOLDER = "/checkpoints";

type CallArguments = RunOptions & { readonly datamodule: LightningDataModule | undefined };
const CALL = {
  fit: (trainer: Trainer, module: GoldenModel, given: CallArguments) => trainer.fit(module, given),
  validate: (trainer: Trainer, module: GoldenModel, given: CallArguments) => trainer.validate(module, given),
  test: (trainer: Trainer, module: GoldenModel, given: CallArguments) => trainer.test(module, given),
  predict: (trainer: Trainer, module: GoldenModel, given: CallArguments) => trainer.predict(module, given),
};

class TracedModel extends GoldenModel {
  brought: readonly Callback[] = [];

  override logInStep(loss: tf.Tensor): void {
    this.log("loss", loss, { onStep: true, onEpoch: true });
  }
  override validationStep(batch: unknown, batchIdx: number): void {
    super.validationStep(batch, batchIdx);
    this.log("val_loss", this.loss(batch));
  }
  override testStep(batch: unknown, batchIdx: number): void {
    super.testStep(batch, batchIdx);
    this.log("test_loss", this.loss(batch), { onStep: true, onEpoch: true });
  }
  override configureCallbacks() {
    return this.brought;
  }
}

/** Something to keep, so that a checkpoint has the callback. */
class StatefulCallback extends Callback {
  override stateDict() {
    return { kept: 1 };
  }
}

/** Runs a case and records its hooks. The files of all its Trainers are the same. */
export async function runHookTrace(
  { runs }: TracedCase,
  more: TrainerOptions = {},
  how: { readonly waits: boolean } = { waits: false },
): Promise<readonly string[]> {
  const trace = new HookTrace(how);
  const files = new MemoryFiles();
  for (const run of runs) await runTrainer(run, trace, files, more);
  return trace.entries;
}

async function runTrainer(run: TracedRun, trace: HookTrace, files: MemoryFiles, more: TrainerOptions): Promise<void> {
  const { model: config = {}, options = {}, callbacks = [], calls = [["fit", {}]] } = run;
  trace.loaders = (hook) => countSequential(config, kindOf(hook));
  const module = new (recording(TracedModel, "LM", RECORDED_HOOKS.module, trace))(config);
  if (config.brings === true) module.brought = [new (recording(Callback, "CB2", RECORDED_HOOKS.callback, trace))()];
  const others = callbacks.map(([kind, given]) => makeCallback(kind, given));
  if (!others.some((one) => one instanceof ModelCheckpoint)) others.push(new ModelCheckpoint({ dirpath: FOLDER }));
  const trainer = new Trainer({
    ...options,
    ...more,
    accelerator: cpu({ backend: "cpu" }),
    callbacks: [new (recording(StatefulCallback, "CB", RECORDED_HOOKS.callback, trace))(), ...others],
    logger: tracingLogger(trace.entries),
    enableProgressBar: false,
    enableModelSummary: false,
    logEveryNSteps: 1,
    ports: { files, terminal: new FakeTerminal() },
  });
  for (const [call, given] of calls) {
    trace.begin(call, trainer);
    if (given.maxEpochs !== undefined) trainer.maxEpochs = given.maxEpochs;
    const datamodule =
      given.datamodule === true ? new (recording(GoldenData, "DM", RECORDED_HOOKS.data, trace))(config) : undefined;
    try {
      await CALL[call](trainer, module, { datamodule, ckptPath: pathOf(given.ckptPath) });
    } catch (error) {
      if (!isAsked(error)) throw error;
      trace.entries.push("!! failed");
    }
  }
}

function isAsked(error: unknown): boolean {
  return error instanceof AskedFailure || (error instanceof Error && isAsked(error.cause));
}

function pathOf(name: string | undefined): string | undefined {
  return name === undefined || name === "best" || name === "last" ? name : `${FOLDER}/${name}`;
}

function kindOf(hook: string): GoldenKind {
  if (/validation/i.test(hook)) return "val";
  return /test/i.test(hook) ? "test" : "predict";
}

function makeCallback(kind: string, options: Readonly<Record<string, never>>): Callback {
  switch (kind) {
    case "ModelCheckpoint":
      return new ModelCheckpoint({ dirpath: FOLDER, ...options });
    case "EarlyStopping":
      return new EarlyStopping({ monitor: "", ...options });
    case "Timer":
      return new Timer(options);
    case "GradientAccumulationScheduler":
      return new GradientAccumulationScheduler(options["scheduling"] ?? {});
    default:
      throw new Error(`No callback ${kind} in golden cases.`);
  }
}

function tracingLogger(entries: string[]): Logger {
  return {
    kind: "logger",
    name: "recording",
    version: 0,
    groupSeparator: "/",
    open: () => Promise.resolve(),
    logMetrics: (metrics, step) => void entries.push(["LG.logMetrics", step, ...Object.keys(metrics).sort()].join(" ")),
    logHyperparams: (params) => void entries.push(["LG.logHyperparams", ...Object.keys(params).sort()].join(" ")),
    save: () => Promise.resolve(),
    finalize: (status) => Promise.resolve(void entries.push(`LG.finalize ${status}`)),
  };
}
