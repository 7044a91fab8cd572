import type { RunGuard } from "../contract/graph-runner.js";
import { NO_EPOCH } from "./executor-layout.js";
import { NativeBuffer } from "./native-buffer.js";
import { ownBuffer } from "./own-buffers.js";
import type { SlotGuard } from "./run-queue.js";

const UNGUARDED: SlotGuard = { epoch: NO_EPOCH, flag: 0n };

/** A run's guard in the form in which the executor reads it. */
export function slotGuard(guard: RunGuard | undefined): SlotGuard {
  if (guard === undefined) return UNGUARDED;
  return {
    epoch: BigInt(guard.epoch),
    flag: guard.flag === undefined ? 0n : ownBuffer(NativeBuffer, guard.flag).values.address,
  };
}
