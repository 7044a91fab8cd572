import type { Machine } from "@lightning-ts/core";
import { Callback } from "../contract/callback.js";

/** Remembers the most that the process had in memory at the end of a batch. */
export class WatchMemory extends Callback {
  static override readonly stateName: string = "WatchMemory";
  peakBytes = 0;
  readonly #machine: Machine;

  constructor(machine: Machine) {
    super();
    this.#machine = machine;
  }

  override onTrainBatchEnd(): void {
    this.look();
  }
  override onValidationBatchEnd(): void {
    this.look();
  }
  override onTestBatchEnd(): void {
    this.look();
  }
  override onPredictBatchEnd(): void {
    this.look();
  }

  look(): void {
    this.peakBytes = Math.max(this.peakBytes, this.#machine.memory().residentBytes);
  }
}
