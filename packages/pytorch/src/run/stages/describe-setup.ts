import {
  chosenSeed,
  classNameOf,
  DataLoader,
  RandomSampler,
  SequentialSampler,
  type nn,
  type Optimizer,
} from "@lightning-ts/core";
import { VERSION } from "../../words/version.js";
import type { ResolvedScheduler } from "../../words/scheduler-config.js";
import {
  settingsOf,
  type OptimizerSetup,
  type RunSetup,
  type SchedulerSetup,
  type Settings,
} from "../../checkpoint/setup/run-setup.js";
import type { LightningModule } from "../../contract/lightning-module.js";
import type { Door } from "../../door/door.js";
import type { Steps } from "../../door/steps.js";
import type { ResolvedLimit } from "../../words/batch-limit.js";
import type { FitSession, SetupOfCode } from "../session/fit-session.js";

/** What a run is set up with, as the code says before a checkpoint says otherwise. */
export function* describeSetup(fit: FitSession): Steps<SetupOfCode> {
  const { optimizers, schedulers } = fit.optimizers;
  return {
    version: 1,
    of: optimizers,
    ofSchedulers: schedulers.map(({ scheduler }) => scheduler),
    model: yield* describeModel(fit.module, fit.door),
    optimizers: optimizers.map(describeOptimizer),
    schedulers: schedulers.map((config) => describeScheduler(config, optimizers)),
    run: describeRun(fit),
  };
}

/** For a checkpoint. Optimizers and schedulers that replaced others meanwhile are described as they are. */
export function setupForCheckpoint(fit: FitSession, { of, ofSchedulers, ...setup }: SetupOfCode): RunSetup {
  const { optimizers } = fit.optimizers;
  const schedulers = fit.optimizers.schedulers.map(
    (config) => setup.schedulers[ofSchedulers.indexOf(config.scheduler)] ?? describeScheduler(config, optimizers),
  );
  const described = optimizers.map(
    (optimizer) => setup.optimizers[of.indexOf(optimizer)] ?? describeOptimizer(optimizer),
  );
  return { ...setup, optimizers: described, schedulers, loaders: fit.trainData.loaders.map(describeLoader) };
}

/** What each layer says of itself. The names of classes that a bundler shortened say nothing. */
function* describeModel(module: LightningModule, door: Door): Steps<Settings> {
  const layers: Record<string, string> = Object.create(null);
  for (const [name, layer] of module.namedModules()) {
    if (name === "") continue;
    const className = classNameOf(layer);
    layers[name] = `${className.length <= 2 ? "a module" : className}(${yield* extraOf(layer, door)})`;
  }
  return { ...layers };
}

function* extraOf(layer: nn.Module, door: Door): Steps<string> {
  try {
    const extra: unknown = yield* door.call(layer, "extraRepr");
    return typeof extra === "string" ? extra : "";
  } catch {
    // A description that fails is none, and must not end a run.
    return "";
  }
}

export function describeOptimizer(optimizer: Optimizer): OptimizerSetup {
  return {
    name: optimizerName(optimizer),
    groups: optimizer.paramGroups.map(({ params: _, paramNames: __, ...options }) => settingsOf(options)),
  };
}

/** The name of a class that no bundler changes, else that of the class it extends. */
export function optimizerName({ constructor }: Optimizer): string {
  const name: unknown = Reflect.get(constructor, "stateName");
  return typeof name === "string" ? name : "Optimizer";
}

function describeScheduler(config: ResolvedScheduler, optimizers: readonly Optimizer[]): SchedulerSetup {
  const { scheduler, interval, frequency, monitor = null } = config;
  const settings = "settings" in scheduler ? scheduler.settings : undefined;
  const { schedule = "", ...options } = typeof settings === "object" && settings !== null ? settingsOf(settings) : {};
  return {
    name: typeof schedule === "string" ? schedule : "",
    optimizer: optimizers.indexOf(scheduler.optimizer),
    options: { ...options, interval, frequency, monitor },
  };
}

function describeLoader(loader: unknown): Settings {
  if (!(loader instanceof DataLoader)) return {};
  const { sampler } = loader;
  const shuffle =
    sampler instanceof RandomSampler || (sampler !== undefined && "shuffle" in sampler && sampler.shuffle === true);
  const isKnown = shuffle || sampler instanceof SequentialSampler;
  return { batchSize: loader.batchSize, dropLast: loader.dropLast, ...(isKnown ? { shuffle } : {}) };
}

function describeRun({ connection, plan, backend }: FitSession): Settings {
  const { precision, strategy } = connection;
  const { gradientClipping, limits, schedulerFrequencyUnit } = plan;
  return settingsOf({
    seed: chosenSeed(),
    accumulateGradBatches: plan.accumulateGradBatches,
    gradientClipVal: gradientClipping?.value ?? null,
    gradientClipAlgorithm: gradientClipping?.algorithm,
    limitTrainBatches: limitText(limits.train),
    overfitting: plan.isOverfitting,
    schedulerFrequencyUnit,
    precision: precision.name,
    backend: backend.name,
    threads: backend.threads,
    devices: strategy.worldSize,
    "lightning-ts": VERSION,
  });
}

function limitText(limit: ResolvedLimit): string {
  return limit.kind === "count" ? `${limit.count}` : `${limit.fraction * 100} %`;
}
