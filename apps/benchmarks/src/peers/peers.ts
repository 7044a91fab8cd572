import { fileURLToPath } from "node:url";
import type { WorkloadName } from "../workloads/workload.js";
import type { PeerCommand } from "./peer-process.js";

export const PEER_NAMES = ["onnxruntime", "pytorch", "pytorch-fused", "tensorflow", "wasm", "cpu"] as const;
export type PeerName = (typeof PEER_NAMES)[number];

export interface PeerTask {
  readonly workload: WorkloadName;
  readonly threads: number;
  /** Path of the file that `encodeStart` made. */
  readonly startFile: string;
}

/** How a peer's process for one workload is started; several ways if it is not known which one works. */
export function peerCommands(peer: PeerName, { workload, threads, startFile }: PeerTask): PeerCommand[] {
  if (peer === "pytorch" || peer === "pytorch-fused") {
    const optimizer = peer === "pytorch" ? "default" : "fused";
    const script = fileURLToPath(new URL("./pytorch_worker.py", import.meta.url));
    return pythons().map((command) => ({ command, args: [script, workload, String(threads), startFile, optimizer] }));
  }
  const script = fileURLToPath(new URL("./tfjs-worker.ts", import.meta.url));
  return [
    { command: process.execPath, args: [...process.execArgv, script, peer, workload, String(threads), startFile] },
  ];
}

/** The interpreter of `LIGHTNING_TS_PYTHON`, or what the path has. */
function pythons(): string[] {
  const chosen = process.env["LIGHTNING_TS_PYTHON"];
  return chosen === undefined || chosen === "" ? ["python3", "python"] : [chosen];
}
