import type {
  Clock,
  CpuProfiler,
  Environment,
  FileSystem,
  Machine,
  Processes,
  Signals,
  Terminal,
} from "@lightning-ts/core";
import type { MessagePassing } from "./message-passing.js";
import type { RankProcesses } from "./ranks.js";

/** The outside world, as one object that everything takes. */
export interface Ports {
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly signals: Signals;
  readonly environment: Environment;
  readonly terminal: Terminal;
  /** Left out where there are none, as in a browser: no run is looked for, and no exit code is set. */
  readonly processes?: Processes | undefined;
  /** Left out where there is none: `AdvancedProfiler` says so. */
  readonly cpuProfiler?: CpuProfiler | undefined;
  /** Left out where nothing tells how busy the machine is. */
  readonly machine?: Machine | undefined;
  /** Left out where no other processes can be started: `strategy: "ddp"` says so. */
  readonly ranks?: RankProcesses | undefined;
  /** Left out where processes that a cluster started cannot be reached: `strategy: "ddp"` says so. */
  readonly messagePassing?: MessagePassing | undefined;
}
