import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Training, Workload } from "../workloads/workload.js";

/** What the machine reaches with as many threads as the peers have. */
export interface MachineSpeed {
  /** In a large product of matrices. */
  readonly multiplicationsPerMs: number;
  /** Read and written, far outside of caches. */
  readonly bytesPerMs: number;
}

export function measureSpeed(threads: number): MachineSpeed {
  const worker = fileURLToPath(new URL("./limits-worker.ts", import.meta.url));
  const output = execFileSync(process.execPath, [...process.execArgv, worker, String(threads)], { encoding: "utf8" });
  const speed: MachineSpeed = JSON.parse(output);
  return speed;
}

/** Adam reads a weight, its gradient and two averages, and writes three of them. */
const ADAM_BYTES = 7 * 4;

/**
 * Milliseconds below which no implementation of a step comes: its products at the speed of a large one, and its weights
 * through memory once. What lies between them (activations, normalisation, copies) is not counted.
 */
export function limitMs({ task, multiplications }: Workload, { model }: Training, speed: MachineSpeed): number {
  const weights = model.parameters().reduce((sum, parameter) => sum + parameter.size, 0);
  const [passes, bytes] = task === "train" ? [3, ADAM_BYTES] : [1, 4];
  return (passes * multiplications) / speed.multiplicationsPerMs + (bytes * weights) / speed.bytesPerMs;
}
