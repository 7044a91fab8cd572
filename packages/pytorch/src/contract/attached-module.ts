import { classNameOf, MisconfigurationError, nn } from "@lightning-ts/core";
import type { Device, Fabric, Logger } from "@lightning-ts/fabric";
import { fabricRuntime } from "./fabric-runtime.js";
import { HyperparameterRecord, type SaveHyperparametersOptions } from "./hparams.js";
import { attachRuntime, runtimeOf, type ModuleRuntime } from "./module-runtime.js";
import type { Trainer } from "./trainer.js";

/** A module that may belong to a run: what it asks of it, and its hyperparameters. */
export abstract class AttachedModule<THparams extends object> extends nn.Module {
  readonly #hparams = new HyperparameterRecord<THparams>();
  #fabric: Fabric | undefined;

  /** Prints on rank 0, above the progress bar. */
  print(...values: readonly unknown[]): void {
    requireRuntime(this, "print").print(values.map(String).join(" "));
  }

  /**
   * Keeps hyperparameters: in `hparams`, in checkpoints, and for the loggers. Call it in the constructor with its
   * options.
   */
  saveHyperparameters(hparams: Partial<THparams>, options: SaveHyperparametersOptions = {}): void {
    this.#hparams.save(hparams, options);
  }
  get hparams(): THparams {
    return this.#hparams.current;
  }
  /** A copy of the hyperparameters as they were when they were saved. */
  get hparamsInitial(): THparams {
    return this.#hparams.initial;
  }
  /** For the Trainer: what goes into checkpoints and to the loggers. */
  get hyperparameterRecord(): HyperparameterRecord<THparams> {
    return this.#hparams;
  }

  /** The Trainer that this module is attached to. @throws MisconfigurationError when there is none */
  get trainer(): Trainer {
    return requireRuntime(this, "trainer").trainer ?? missingRuntime(this, "trainer");
  }
  /** Set by `fabric.setup(module)`: from then on `log`, `backward`, `print` and `loggers` go through Fabric. */
  get fabric(): Fabric | undefined {
    return this.#fabric;
  }
  set fabric(fabric: Fabric | undefined) {
    this.#fabric = fabric;
    if (fabric !== undefined) attachRuntime(this, fabricRuntime(fabric));
  }
  get isAttached(): boolean {
    return runtimeOf(this) !== undefined;
  }
  get device(): Device {
    return requireRuntime(this, "device").device;
  }
  get logger(): Logger | undefined {
    return this.loggers[0];
  }
  get loggers(): readonly Logger[] {
    return runtimeOf(this)?.loggers ?? [];
  }
  /** The epoch of the Trainer; 0 without one. */
  get currentEpoch(): number {
    return runtimeOf(this)?.trainer?.currentEpoch ?? 0;
  }
  get globalStep(): number {
    return runtimeOf(this)?.trainer?.globalStep ?? 0;
  }
  /** The process that runs this, among all; 0 without a Trainer. */
  get globalRank(): number {
    return runtimeOf(this)?.trainer?.globalRank ?? 0;
  }
  get localRank(): number {
    return runtimeOf(this)?.trainer?.localRank ?? 0;
  }
  /** The number format of the parameters: that of the first, `"float32"` where there is none. */
  get dtype(): string {
    return this.parameters()[0]?.dtype ?? "float32";
  }
  /** Whether it computes on a GPU. */
  get onGpu(): boolean {
    const type = runtimeOf(this)?.device.type ?? "cpu";
    return type !== "cpu";
  }
  /**
   * The value from all ranks: tensors and numbers inside a collection get a new first dimension. On one rank it stays
   * as it is.
   */
  allGather<TValue>(value: TValue): Promise<TValue> {
    return requireRuntime(this, "allGather").allGather(value);
  }
}

/** @throws MisconfigurationError when the module belongs to no run */
export function requireRuntime(module: nn.Module, what: string): ModuleRuntime {
  return runtimeOf(module) ?? missingRuntime(module, what);
}

function missingRuntime(module: nn.Module, what: string): never {
  throw new MisconfigurationError({
    code: "LIT_NOT_ATTACHED",
    message: `${classNameOf(module)}.${what} needs a Trainer, and this module has none.`,
    tryThis: "use it in a hook or step that runs inside trainer.fit, validate, test or predict.",
  });
}
