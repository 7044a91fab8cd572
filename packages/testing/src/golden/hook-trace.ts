import type { Trainer } from "@lightning-ts/pytorch";

const STAGES = ["Train", "Validation", "Test", "Predict"];
const MOMENTS = ["Start", "End", "EpochStart", "EpochEnd", "BatchStart", "BatchEnd"];
const SHARED = [
  ...["onFitStart", "onFitEnd", "setup", "teardown"],
  ...["onBeforeZeroGrad", "onBeforeBackward", "onAfterBackward", "onBeforeOptimizerStep"],
  ...["onSaveCheckpoint", "onLoadCheckpoint"],
  ...STAGES.flatMap((stage) => MOMENTS.map((moment) => `on${stage}${moment}`)),
];
const DATA = [
  ...["prepareData", "trainDataloader", "valDataloader", "testDataloader", "predictDataloader"],
  ...["onBeforeBatchTransfer", "transferBatchToDevice", "onAfterBatchTransfer"],
];

/** What is recorded of each kind of object. */
export const RECORDED_HOOKS = {
  callback: [...SHARED, "onSanityCheckStart", "onSanityCheckEnd", "onException", "stateDict", "loadStateDict"],
  data: [...DATA, "setup", "teardown", "onException", "stateDict", "loadStateDict"],
  module: [
    ...[...SHARED, ...DATA, "configureCallbacks", "configureModel", "configureOptimizers"],
    ...["trainingStep", "validationStep", "testStep", "predictStep", "backward", "optimizerStep", "optimizerZeroGrad"],
    ...["configureGradientClipping", "clipGradients", "lrSchedulerStep"],
    ...["onValidationModelZeroGrad", "onValidationModelEval", "onValidationModelTrain"],
    ...["onTestModelEval", "onTestModelTrain", "onPredictModelEval"],
  ],
} as const;

/** What cannot return a promise. */
const SYNCHRONOUS = new Set(["clipGradients", "stateDict", "loadStateDict"]);

const WITH_NUMBERS = /Batch(Start|End)$|^(training|validation|test|predict)Step$/;
const OF_EVALUATION = /Validation|Test|Predict|validation|test|predict/;

/** The hooks of a run in calling order, in the form of `record_hook_trace.py`. */
export class HookTrace {
  readonly entries: string[] = [];
  /** Of each kind of evaluation, how many loaders it has: Lightning passes their number where there are several. */
  loaders: (hook: string) => number = () => 1;
  /** Whether hooks return promises. */
  readonly waits: boolean;
  #trainer: Trainer | undefined;
  #known = "";

  constructor(options: { readonly waits: boolean }) {
    this.waits = options.waits;
  }

  /** A call of the Trainer begins. */
  begin(call: string, trainer: Trainer): void {
    this.#trainer = trainer;
    this.#known = "";
    this.entries.push(`== ${call}`);
  }

  add(who: string, hook: string, args: readonly unknown[]): void {
    const most = OF_EVALUATION.test(hook) && this.loaders(hook) > 1 ? 2 : 1;
    const numbers = WITH_NUMBERS.test(hook) ? args.filter((arg) => typeof arg === "number").slice(0, most) : [];
    const stage = hook === "setup" || hook === "teardown" ? args.filter((arg) => typeof arg === "string") : [];
    this.entries.push([`${who}.${hook}`, ...numbers, ...stage, ...this.#position()].join(" "));
  }

  /** Where training stands, if that is not known from the entry before. */
  #position(): readonly string[] {
    const trainer = this.#trainer;
    if (trainer === undefined) return [];
    const { currentEpoch, globalStep, runningStage, isLastBatch } = trainer;
    const parts = [`@${currentEpoch}`, String(globalStep), runningStage ?? "", isLastBatch ? "last" : ""];
    const position = parts.filter((part) => part !== "").join(" ");
    if (position === this.#known) return [];
    this.#known = position;
    return [position];
  }
}

/** A subclass that notes each call of a hook, and then does what the class does. */
export function recording<TArgs extends unknown[], TObject extends object>(
  base: new (...args: TArgs) => TObject,
  who: string,
  hooks: readonly string[],
  trace: HookTrace,
): new (...args: TArgs) => TObject {
  const Base = base as unknown as new (...args: unknown[]) => object;
  const Recording = class extends Base {};
  for (const hook of hooks) {
    const original = Reflect.get(base.prototype, hook) as (...args: unknown[]) => unknown;
    Object.defineProperty(Recording.prototype, hook, {
      value(this: unknown, ...args: unknown[]) {
        trace.add(who, hook, args);
        const call = () => original.apply(this, args);
        return trace.waits && !SYNCHRONOUS.has(hook) ? Promise.resolve().then(call) : call();
      },
    });
  }
  return Recording as unknown as new (...args: TArgs) => TObject;
}
