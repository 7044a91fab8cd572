import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PeerCommand } from "../../../apps/benchmarks/src/peers/peer-process.js";
import type { WorkloadName } from "../../../apps/benchmarks/src/workloads/workload.js";
import { engineBackends } from "./engine-backends.js";

export interface TimedPeer {
  readonly name: string;
  readonly command: PeerCommand;
  readonly limitS: number;
}

const THREADS = 8;
/** Compiling takes long; two models show what it gives. */
const COMPILED: readonly WorkloadName[] = ["mlp", "nanogpt"];
const app = dirname(fileURLToPath(import.meta.url));

/** PyTorch first, because the others' losses are compared with the first. */
export function timedPeers(workload: WorkloadName, startFile: string, torchDevice: string): TimedPeer[] {
  const python = process.env["LIGHTNING_TS_PYTHON"] ?? "python3";
  const worker = join(app, "python", "pytorch_worker.py");
  const torch = (form: string) => [worker, workload, String(THREADS), startFile, "default", torchDevice, form];
  return [
    { name: "pytorch", command: { command: python, args: torch("eager") }, limitS: 60 },
    ...engineBackends().map(({ name, library }) => ({
      name,
      command: {
        command: "env",
        args: [
          ...[`LIGHTNING_ORT_LIBRARY=${library}`, process.execPath, join(app, "tfjs-worker.mjs"), name, workload],
          ...[String(THREADS), startFile],
        ],
      },
      limitS: 60,
    })),
    ...(COMPILED.includes(workload)
      ? [{ name: "pytorch-compile", command: { command: python, args: torch("compile") }, limitS: 100 }]
      : []),
  ];
}
