import { chosenSeed, classNameOf, type nn, type Optimizer } from "@lightning-ts/core";
import {
  describeComputing,
  describeLayer,
  describeLoader,
  describeOptimizer,
  describeSchedule,
  layersOf,
  settingsOf,
  type RunSetup,
  type SchedulerSetup,
  type Settings,
} from "@lightning-ts/fabric";
import type { ResolvedScheduler } from "../../words/scheduler-config.js";
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

/** What each layer says of itself. */
function* describeModel(module: LightningModule, door: Door): Steps<Settings> {
  const layers: Record<string, string> = Object.create(null);
  for (const [name, layer] of layersOf(module))
    layers[name] = describeLayer(classNameOf(layer), yield* extraOf(layer, door));
  return { ...layers };
}

function* extraOf(layer: nn.Module, door: Door): Steps<unknown> {
  try {
    return yield* door.call(layer, "extraRepr");
  } catch {
    // A description that fails is none, and must not end a run.
    return "";
  }
}

function describeScheduler(config: ResolvedScheduler, optimizers: readonly Optimizer[]): SchedulerSetup {
  const { scheduler, interval, frequency, monitor = null } = config;
  const { name, options } = describeSchedule(scheduler);
  return {
    name,
    optimizer: optimizers.indexOf(scheduler.optimizer),
    options: { ...options, interval, frequency, monitor },
  };
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
    ...describeComputing({ precision, backend, devices: strategy.worldSize }),
  });
}

function limitText(limit: ResolvedLimit): string {
  return limit.kind === "count" ? `${limit.count}` : `${limit.fraction * 100} %`;
}
