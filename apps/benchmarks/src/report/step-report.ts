import type { MachineSpeed } from "../limits/machine-speed.js";
import type { Measurement } from "../measure.js";
import type { Machine } from "./machine.js";

/** What all peers did on one workload. */
export interface WorkloadReport extends Measurement {
  readonly name: string;
  readonly description: string;
  /** Milliseconds a step that this machine's products and memory allow. */
  readonly limitMs: number;
}

/** What a run of the benchmark found, as it is written to JSON. */
export interface StepReport {
  readonly machine: Machine;
  readonly speed: MachineSpeed;
  readonly options: { readonly threads: number; readonly rounds: number; readonly turnMs: number };
  readonly workloads: readonly WorkloadReport[];
}
