import type { Accelerator } from "../accelerators/accelerator.js";
import type { Device } from "../accelerators/device.js";
import type { CheckpointStore } from "../checkpoint/checkpoint-store.js";
import type { Collective } from "../collectives/collective.js";
import type { ClusterEnvironment } from "../environments/cluster-environment.js";
import type { Ports } from "../ports/ports.js";
import type { Precision } from "../precision/precision.js";
import type { Strategy } from "../strategies/strategy.js";

/** The objects that a run stands on. Fabric and the Trainer use the same ones. */
export interface Connection {
  readonly accelerator: Accelerator;
  readonly strategy: Strategy;
  readonly precision: Precision;
  readonly collective: Collective;
  readonly store: CheckpointStore;
  readonly environment: ClusterEnvironment;
  readonly ports: Ports;
  /** Device indices of this machine. */
  readonly devices: readonly number[];
  readonly numNodes: number;
  /** @throws NotLaunchedError before `launch` */
  readonly device: Device;
  /** Starts processes, the device and the collective. Repeated calls do nothing. */
  launch(): Promise<void>;
  teardown(): Promise<void>;
}
