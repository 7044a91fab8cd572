import { DataLoader, type Module, RandomSampler, SequentialSampler, type Optimizer } from "@lightning-ts/core";
import { settingsOf, type OptimizerSetup, type Settings } from "./run-setup.js";
import { VERSION } from "./version.js";

/** What computes. */
interface Computing {
  readonly precision: { readonly name: string };
  readonly backend: { readonly name: string; readonly threads?: number | undefined };
  readonly devices: number;
}

/** What an optimizer is asked for now. */
export function describeOptimizer(optimizer: Optimizer): OptimizerSetup {
  return {
    name: optimizerName(optimizer),
    groups: optimizer.paramGroups.map(({ params: _, paramNames: __, ...options }) => settingsOf(options)),
  };
}

/** The name of a class that no bundler changes, else that of the class it extends. */
function optimizerName({ constructor }: Optimizer): string {
  const name: unknown = Reflect.get(constructor, "stateName");
  return typeof name === "string" ? name : "Optimizer";
}

/** The name of a schedule, "" where it does not say, and what it was asked for. */
export function describeSchedule(scheduler: object): { readonly name: string; readonly options: Settings } {
  const settings = "settings" in scheduler ? scheduler.settings : undefined;
  const { schedule = "", ...options } = typeof settings === "object" && settings !== null ? settingsOf(settings) : {};
  return { name: typeof schedule === "string" ? schedule : "", options };
}

/** Batch size and order; nothing of a loader that does not say. */
export function describeLoader(loader: unknown): Settings {
  if (!(loader instanceof DataLoader)) return {};
  const { sampler } = loader;
  const shuffle =
    sampler instanceof RandomSampler || (sampler !== undefined && "shuffle" in sampler && sampler.shuffle === true);
  const isKnown = shuffle || sampler instanceof SequentialSampler;
  return { batchSize: loader.batchSize, dropLast: loader.dropLast, ...(isKnown ? { shuffle } : {}) };
}

/** One line for a layer. The names of classes that a bundler shortened say nothing. */
export function describeLayer(className: string, extra: unknown): string {
  return `${className.length <= 2 ? "a module" : className}(${typeof extra === "string" ? extra : ""})`;
}

/** The layers of a module by their names, without itself. */
export function layersOf(module: Module): [name: string, layer: Module][] {
  return [...module.namedModules()].filter(([name]) => name !== "");
}

export function describeComputing({ precision, backend, devices }: Computing): Settings {
  return settingsOf({
    precision: precision.name,
    backend: backend.name,
    threads: backend.threads,
    devices,
    "lightning-ts": VERSION,
  });
}
