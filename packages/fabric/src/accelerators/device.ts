import type { TrainingBackend } from "@lightning-ts/core";

/** Where tensors live and kernels run: one device of an accelerator, with the backend that drives it. */
export interface Device {
  /** The accelerator's name, e.g. `"cpu"`. */
  readonly type: string;
  /** Position among the accelerator's devices on this machine. */
  readonly index: number;
  readonly backend: TrainingBackend;
  /** Why this backend: one line for each better one that was passed over. */
  readonly reasons: readonly string[];
}
