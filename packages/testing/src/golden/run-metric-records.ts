import { tf, type Metric } from "@lightning-ts/core";
import { cpu, type Logger } from "@lightning-ts/fabric";
import { Callback, type LogOptions, Trainer, type TrainerOptions } from "@lightning-ts/pytorch";
import { FakeTerminal } from "../fakes/fake-terminal.js";
import { MemoryFiles } from "../fakes/memory-files.js";
import type { GoldenConfig } from "./golden-config.js";
import { goldenMetrics, metricOutside, type GoldenMetrics } from "./golden-metrics.js";
import { GoldenModel } from "./golden-model.js";

type Metrics = Readonly<Record<string, number>>;

/** A row of a logger, the dictionaries that changed before a hook, what an evaluation returned, or what was thrown. */
export type MetricRecord =
  | { readonly log: number; readonly metrics: Metrics }
  | { readonly at: string; readonly callback?: Metrics; readonly logged?: Metrics; readonly bar?: Metrics }
  | { readonly result: readonly Metrics[] }
  | { readonly error: string };

/** One call of `log` or `logDict` in a hook. */
interface LogCall extends LogOptions {
  readonly name: string;
  readonly names?: readonly string[];
  readonly value?: "count" | "int" | "loss" | "two" | "text";
  /** The loader's number is part of the name. */
  readonly numbered?: boolean;
  /** The metric object that is called (the default) or updated with the value, or neither, and logged. */
  readonly object?: keyof GoldenMetrics | "outside";
  readonly how?: "call" | "update" | "log";
}

export interface MetricCase {
  readonly name: string;
  readonly model: GoldenConfig;
  readonly options: TrainerOptions;
  readonly calls: readonly ("fit" | "validate" | "test" | "predict")[];
  readonly logs: {
    readonly module: Readonly<Record<string, readonly LogCall[]>>;
    readonly callback: Readonly<Record<string, readonly LogCall[]>>;
  };
  readonly records: readonly MetricRecord[];
}

const LOOKS = [
  ...["onSanityCheckEnd", "onTrainStart", "onTrainEpochStart", "onTrainBatchEnd", "onTrainEpochEnd", "onTrainEnd"],
  ...["onFitEnd", "onValidationStart", "onValidationBatchEnd", "onValidationEpochEnd", "onValidationEnd"],
  ...["onTestBatchEnd", "onTestEpochEnd", "onTestEnd"],
];

class LossKeeper extends GoldenModel {
  kept: tf.Tensor | undefined;
  readonly sum: GoldenMetrics["sum"];
  readonly mean: GoldenMetrics["mean"];
  readonly max: GoldenMetrics["max"];
  readonly cat: GoldenMetrics["cat"];
  /** In no field that anybody looks into. */
  get outside() {
    return this.#outside;
  }
  readonly #outside = metricOutside();

  constructor(config: GoldenConfig, waits: boolean) {
    super(config);
    ({ sum: this.sum, mean: this.mean, max: this.max, cat: this.cat } = goldenMetrics(waits));
  }

  override logInStep(loss: tf.Tensor): void {
    this.kept = loss;
  }
  override validationStep(batch: unknown, batchIdx: number): void {
    super.validationStep(batch, batchIdx);
    this.kept = this.loss(batch);
  }
  override testStep(batch: unknown, batchIdx: number): void {
    super.testStep(batch, batchIdx);
    this.kept = this.loss(batch);
  }
}

/** Runs a case and records what becomes of its metrics, in the form of `record_metrics.py`. */
export async function runMetricRecords(
  { model, options, calls, logs }: MetricCase,
  how: { readonly waits: boolean },
): Promise<readonly MetricRecord[]> {
  const records: MetricRecord[] = [];
  const module = new (loggingIn(LossKeeper, logs.module, how, (one) => one.kept))(model, how.waits);
  const callback = new (loggingIn<[], Callback>(Callback, logs.callback, how, () => undefined))();
  const trainer = new Trainer({
    logEveryNSteps: 1,
    ...options,
    accelerator: cpu({ backend: "cpu" }),
    callbacks: [callback, lookingCallback(records)],
    logger: recordingLogger(records),
    enableCheckpointing: false,
    enableProgressBar: false,
    enableModelSummary: false,
    ports: { files: new MemoryFiles(), terminal: new FakeTerminal() },
  });
  for (const call of calls) {
    try {
      if (call === "fit") await trainer.fit(module);
      else if (call === "predict") await trainer.predict(module);
      else records.push({ result: await trainer[call](module, { verbose: false }) });
    } catch (error) {
      records.push({ error: error instanceof Error ? error.constructor.name : String(error) });
    }
  }
  return records;
}

/** A subclass that logs in hooks as it is described, after the hook has done what it does, and maybe a moment later. */
function loggingIn<TArgs extends unknown[], TObject extends GoldenModel | Callback>(
  base: new (...args: TArgs) => TObject,
  calls: Readonly<Record<string, readonly LogCall[]>>,
  { waits }: { readonly waits: boolean },
  lossOf: (one: TObject) => tf.Tensor | undefined,
): new (...args: TArgs) => TObject {
  const Base = base as unknown as new (...args: unknown[]) => object;
  const Logging = class extends Base {};
  for (const [hook, described] of Object.entries(calls)) {
    const original = Reflect.get(base.prototype, hook) as (...args: unknown[]) => unknown;
    let count = 0;
    Object.defineProperty(Logging.prototype, hook, {
      value(this: TObject, ...args: unknown[]) {
        count += 1;
        const dataloaderIdx = args.findLast((arg) => typeof arg === "number");
        const todo = described.map((call, index) => ({
          prepare: () => prepare(this, call, count + 10 * index),
          log: () => log(this, call, count + 10 * index, lossOf(this), dataloaderIdx),
        }));
        const result = original.apply(this, args);
        if (waits) return logLater(result, todo);
        const finish = () => {
          for (const one of todo) {
            void one.prepare();
            one.log();
          }
          return result;
        };
        return result instanceof Promise ? result.then(finish) : finish();
      },
    });
  }
  return Logging as unknown as new (...args: TArgs) => TObject;
}

async function logLater(result: unknown, todo: readonly { prepare(): unknown; log(): void }[]): Promise<unknown> {
  const value = await result;
  for (const one of todo) {
    await one.prepare();
    one.log();
  }
  return value;
}

/** What is done with a metric object before it is logged. */
function prepare(target: GoldenModel | Callback, { object, how = "call" }: LogCall, value: number): unknown {
  if (object === undefined || !(target instanceof LossKeeper) || how === "log") return undefined;
  const metric: Metric & { update(x: number): void } = target[object];
  return how === "call" ? metric.forward(value) : metric.update(value);
}

function log(
  target: GoldenModel | Callback,
  { name, names, object, how: _, value = "count", numbered = false, ...options }: LogCall,
  count: number,
  loss: tf.Tensor | undefined,
  dataloaderIdx: unknown,
): void {
  if (names !== undefined) {
    target.logDict(Object.fromEntries(names.map((one, index) => [one, count + index])), options);
    return;
  }
  if (object !== undefined && target instanceof LossKeeper) {
    target.log(name, target[object], options);
    return;
  }
  const values = { count, int: tf.scalar(count, "int32"), loss, two: tf.tensor1d([1, 2]), text: "text" };
  target.log(numbered ? `${name}${String(dataloaderIdx)}` : name, values[value] as number, options);
}

/** A callback that notes the dictionaries of metrics wherever they have changed. */
function lookingCallback(records: MetricRecord[]): Callback {
  const looking = new Callback();
  let known: Readonly<Record<string, Metrics>> = {};
  for (const hook of LOOKS)
    Object.defineProperty(looking, hook, {
      value(trainer: Trainer) {
        const { callbackMetrics: callback, loggedMetrics: logged, progressBarMetrics: bar } = trainer;
        const now: Readonly<Record<string, Metrics>> = { callback, logged, bar };
        const changed = Object.entries(now).filter(([name, metrics]) => !isSame(metrics, known[name] ?? {}));
        known = now;
        if (changed.length > 0) records.push({ at: hook, ...Object.fromEntries(changed) });
      },
    });
  return looking;
}

function isSame(a: Metrics, b: Metrics): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

function recordingLogger(records: MetricRecord[]): Logger {
  return {
    kind: "logger",
    name: "recording",
    version: 0,
    groupSeparator: "/",
    logHyperparams: () => undefined,
    open: () => Promise.resolve(),
    logMetrics: (metrics, step) => void records.push({ log: step ?? -1, metrics }),
    save: () => Promise.resolve(),
    finalize: () => Promise.resolve(),
  };
}
