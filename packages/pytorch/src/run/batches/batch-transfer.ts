import type { Device, Strategy } from "@lightning-ts/fabric";
import { LightningDataModule } from "../../contract/lightning-data-module.js";
import type { HookRunner } from "../hooks/hook-runner.js";
import { isPromiseLike } from "../door/is-promise-like.js";
import { LightningModule } from "../../contract/lightning-module.js";

type TransferHook = "onBeforeBatchTransfer" | "transferBatchToDevice" | "onAfterBatchTransfer";
type Step = {
  readonly owner: string;
  readonly name: TransferHook;
  readonly call: (batch: unknown, dataloaderIdx: number) => unknown;
};

/**
 * Moves host batches to the device, through the transfer hooks that somebody overrides. The data module's come before
 * the module's.
 */
export class BatchTransfer {
  readonly #steps: readonly Step[];
  readonly #hooks: HookRunner;
  readonly #strategy: Strategy;
  /** Hooks that both override; the data module's counts. */
  readonly overridden: readonly TransferHook[];

  constructor(parts: {
    readonly module: LightningModule;
    readonly datamodule: LightningDataModule | undefined;
    readonly hooks: HookRunner;
    readonly strategy: Strategy;
    readonly device: Device;
  }) {
    const { module, datamodule, device } = parts;
    this.#hooks = parts.hooks;
    this.#strategy = parts.strategy;
    const steps: Step[] = [];
    const overridden: TransferHook[] = [];
    const add = (
      name: TransferHook,
      ofData: Step["call"] | undefined,
      ofModule: Step["call"] | undefined,
      fallback?: Step["call"],
    ) => {
      if (ofData !== undefined && ofModule !== undefined) overridden.push(name);
      const call = ofData ?? ofModule ?? fallback;
      const owner = ofData === undefined ? module : datamodule;
      if (call !== undefined) steps.push({ owner: `${owner?.constructor.name ?? ""}.${name}`, name, call });
    };
    const data = datamodule;
    const base = LightningModule.prototype;
    const dataBase = LightningDataModule.prototype;
    add(
      "onBeforeBatchTransfer",
      data !== undefined && data.onBeforeBatchTransfer !== dataBase.onBeforeBatchTransfer
        ? (batch, index) => data.onBeforeBatchTransfer(batch, index)
        : undefined,
      module.onBeforeBatchTransfer !== base.onBeforeBatchTransfer
        ? (batch, index) => module.onBeforeBatchTransfer(batch, index)
        : undefined,
    );
    add(
      "transferBatchToDevice",
      data !== undefined && data.transferBatchToDevice !== dataBase.transferBatchToDevice
        ? (batch, index) => data.transferBatchToDevice(batch, device, index)
        : undefined,
      module.transferBatchToDevice !== base.transferBatchToDevice
        ? (batch, index) => module.transferBatchToDevice(batch, device, index)
        : undefined,
      (batch) => this.#strategy.toDevice(batch),
    );
    add(
      "onAfterBatchTransfer",
      data !== undefined && data.onAfterBatchTransfer !== dataBase.onAfterBatchTransfer
        ? (batch, index) => data.onAfterBatchTransfer(batch, index)
        : undefined,
      module.onAfterBatchTransfer !== base.onAfterBatchTransfer
        ? (batch, index) => module.onAfterBatchTransfer(batch, index)
        : undefined,
    );
    this.#steps = steps;
    this.overridden = overridden;
  }

  /** The batch on the device; a promise when a hook returned one. */
  move(batch: unknown, dataloaderIdx: number): unknown {
    return this.#moveFrom(0, batch, dataloaderIdx);
  }

  #moveFrom(start: number, batch: unknown, dataloaderIdx: number): unknown {
    let moved = batch;
    for (let i = start; i < this.#steps.length; i += 1) {
      const step = this.#steps[i];
      if (step === undefined) continue;
      const outer = this.#hooks.current;
      this.#hooks.current = step.name;
      try {
        moved = step.call(moved, dataloaderIdx);
      } catch (error) {
        throw this.#hooks.failure(step.owner, error);
      } finally {
        this.#hooks.current = outer;
      }
      if (isPromiseLike(moved)) return this.#finishMove(moved, step, i + 1, dataloaderIdx);
    }
    return moved;
  }

  async #finishMove(pending: PromiseLike<unknown>, step: Step, next: number, dataloaderIdx: number): Promise<unknown> {
    const outer = this.#hooks.current;
    this.#hooks.current = step.name;
    let settled: unknown;
    try {
      settled = await pending;
    } catch (error) {
      throw this.#hooks.failure(step.owner, error);
    } finally {
      this.#hooks.current = outer;
    }
    return this.#moveFrom(next, settled, dataloaderIdx);
  }
}
