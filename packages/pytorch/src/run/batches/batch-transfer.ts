import type { Device, Strategy } from "@lightning-ts/fabric";
import { LightningDataModule } from "../../contract/lightning-data-module.js";
import { LightningModule } from "../../contract/lightning-module.js";
import type { Door } from "../../door/door.js";
import type { Steps } from "../../door/steps.js";

type TransferHook = "onBeforeBatchTransfer" | "transferBatchToDevice" | "onAfterBatchTransfer";
type Owner = LightningDataModule | LightningModule;

export interface BatchTransferParts {
  readonly module: LightningModule;
  readonly datamodule: LightningDataModule | undefined;
  readonly door: Door;
  readonly strategy: Strategy;
  readonly device: Device;
}

/** Moves host batches to the device, through the transfer hooks that somebody overrides. */
export class BatchTransfer {
  readonly #parts: BatchTransferParts;
  readonly #before: Owner | undefined;
  readonly #transfer: Owner | undefined;
  readonly #after: Owner | undefined;

  constructor(parts: BatchTransferParts) {
    this.#parts = parts;
    this.#before = this.#ownerOf("onBeforeBatchTransfer");
    this.#transfer = this.#ownerOf("transferBatchToDevice");
    this.#after = this.#ownerOf("onAfterBatchTransfer");
  }

  /** Hooks that both override; the data module's counts. */
  get overridden(): readonly TransferHook[] {
    const hooks = ["onBeforeBatchTransfer", "transferBatchToDevice", "onAfterBatchTransfer"] as const;
    return hooks.filter((hook) => this.#isData(hook) && this.#isModules(hook));
  }

  /** Whether no hook sees a batch on the host, so that it is nobody's once it is on the device. */
  get isUnseen(): boolean {
    return this.#before === undefined && this.#transfer === undefined;
  }

  /** @returns the batch on the device */
  *move(hostBatch: unknown, dataloaderIdx: number): Steps<unknown> {
    const { device, door, strategy } = this.#parts;
    let batch = hostBatch;
    if (this.#before !== undefined)
      batch = yield* door.call(this.#before, "onBeforeBatchTransfer", batch, dataloaderIdx);
    if (this.#transfer === undefined) batch = strategy.toDevice(batch);
    else batch = yield* door.call(this.#transfer, "transferBatchToDevice", batch, device, dataloaderIdx);
    if (this.#after !== undefined) batch = yield* door.call(this.#after, "onAfterBatchTransfer", batch, dataloaderIdx);
    return strategy.precision.convertInput(batch);
  }

  /** The data module if it overrides the hook, else the module if it does. */
  #ownerOf(hook: TransferHook): Owner | undefined {
    if (this.#isData(hook)) return this.#parts.datamodule;
    return this.#isModules(hook) ? this.#parts.module : undefined;
  }

  #isData(hook: TransferHook): boolean {
    const { datamodule } = this.#parts;
    return datamodule !== undefined && datamodule[hook] !== LightningDataModule.prototype[hook];
  }

  #isModules(hook: TransferHook): boolean {
    return this.#parts.module[hook] !== LightningModule.prototype[hook];
  }
}
