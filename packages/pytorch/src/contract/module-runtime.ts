import type { Metric, nn } from "@lightning-ts/core";
import type { BackwardOptions, Device, Logger } from "@lightning-ts/fabric";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { LogOptions } from "../words/log-options.js";
import type { Trainer } from "./trainer.js";
import type { LightningModule } from "./lightning-module.js";
import type { LightningOptimizer } from "../words/lightning-optimizer.js";
import type { LRSchedulerLike } from "../words/scheduler-config.js";
import type { ClippingAlgorithm } from "../words/clipping.js";

/** What a module can ask of the run that it is attached to. */
export interface ModuleRuntime {
  /** Undefined under Fabric. */
  readonly trainer: Trainer | undefined;
  readonly device: Device;
  readonly loggers: readonly Logger[];
  readonly optimizers: readonly LightningOptimizer[];
  readonly lrSchedulers: readonly LRSchedulerLike[];
  log(name: string, value: Tensor | number | Metric, options: LogOptions): void;
  /** Gradients through the strategy, without hooks. */
  backward(loss: Tensor, options: BackwardOptions): void;
  manualBackward(loss: Tensor, options: BackwardOptions): void | Promise<void>;
  clipGradients(
    optimizer: LightningOptimizer,
    value: number | undefined,
    algorithm: ClippingAlgorithm | undefined,
  ): void;
  print(text: string): void;
  allGather<TValue>(value: TValue): Promise<TValue>;
}

const runtimes = new WeakMap<object, ModuleRuntime>();

/** The run that a module or a callback is attached to, if it is. */
export function runtimeOf(module: object): ModuleRuntime | undefined {
  return runtimes.get(module);
}

/** Attaches a callback to a run, so that it can log. */
export function attachCallback(callback: object, runtime: ModuleRuntime): void {
  runtimes.set(callback, runtime);
}

/** Remembers which runs under way a module, and those inside it, belong to. @returns what attaches them again */
export function rememberRuntimes(module: LightningModule): () => void {
  const modules = [module, ...module.namedModules().map(([, child]) => child)];
  const before = modules.map((one) => [one, runtimes.get(one)] as const);
  return () => {
    for (const [one, runtime] of before) if (runtime?.trainer?.status === "running") runtimes.set(one, runtime);
  };
}

/** Attaches a module, and the LightningModules inside it, to a run. */
export function attachRuntime(module: nn.Module, runtime: ModuleRuntime): void {
  for (const [, child] of module.namedModules()) runtimes.set(child, runtime);
  runtimes.set(module, runtime);
}
