import type { PrecisionName } from "@lightning-ts/core";
import type { Accelerator, DevicesOption } from "../accelerators/accelerator.js";
import type { GpuName } from "../accelerators/gpu-accelerator.js";
import type { CheckpointStore } from "../checkpoint/checkpoint-store.js";
import type { Collective } from "../collectives/collective.js";
import type { ClusterEnvironment } from "../environments/cluster-environment.js";
import type { Ports } from "../ports/ports.js";
import type { Precision } from "../precision/precision.js";
import type { Strategy } from "../strategies/strategy.js";

/** Backends may be named where an accelerator is expected. */
export type AcceleratorName = "auto" | "cpu" | GpuName | "onnxruntime" | "tensorflow" | "wasm";

export type StrategyName =
  | "auto"
  | "single_device"
  | "ddp"
  | "ddp_find_unused_parameters_false"
  | "ddp_find_unused_parameters_true"
  | "fsdp";

/** Lightning's short forms are accepted: `32`, `"32"`, `"16"` for `16-mixed`, `"bf16"` for `bf16-mixed`, `64`. */
export type PrecisionOption = PrecisionName | 16 | 32 | 64 | "16" | "32" | "64" | "bf16" | Precision;

/** Parts that replace the default ones; at most one of each kind. */
export type Plugin = Precision | CheckpointStore | ClusterEnvironment | Collective;

/** Options that say what a run computes on: accelerator, devices, strategy, precision, and parts of your own. */
export interface ConnectOptions {
  /** @default "auto" */
  readonly accelerator?: AcceleratorName | Accelerator | undefined;
  /** @default "auto": one device gives `single_device`, several give `ddp` */
  readonly strategy?: StrategyName | Strategy | undefined;
  /** @default "auto" */
  readonly devices?: DevicesOption | undefined;
  /** @default 1 */
  readonly numNodes?: number | undefined;
  /** @default "32-true" */
  readonly precision?: PrecisionOption | undefined;
  /** @default none */
  readonly plugins?: Plugin | readonly Plugin[] | undefined;
  /** @default Node's */
  readonly ports?: Partial<Ports> | undefined;
}
