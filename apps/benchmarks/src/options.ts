import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { PEER_NAMES, type PeerName } from "./peers/peers.js";
import { WORKLOAD_NAMES, type WorkloadName } from "./workloads/workload.js";

export interface BenchOptions {
  readonly workloads: readonly WorkloadName[];
  readonly peers: readonly PeerName[];
  readonly json: string | undefined;
  readonly html: string | undefined;
  readonly threads: number;
  readonly rounds: number;
  readonly turnMs: number;
}

export const USAGE = `pnpm bench [workload…] [--peer NAME…] [--json FILE] [--html FILE] [--threads N] [--rounds N] [--turn-ms N]
  workloads: ${WORKLOAD_NAMES.join(", ")} (all unless named)
  peers:     ${PEER_NAMES.join(", ")} (all unless named); LIGHTNING_TS_PYTHON names the Python for pytorch`;

/** @throws Error that shows the usage */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      peer: { type: "string", multiple: true },
      json: { type: "string" },
      html: { type: "string" },
      threads: { type: "string" },
      rounds: { type: "string", default: "15" },
      "turn-ms": { type: "string", default: "400" },
    },
  });
  return {
    workloads:
      positionals.length === 0 ? WORKLOAD_NAMES : positionals.map((name) => oneOf("workload", name, WORKLOAD_NAMES)),
    peers: values.peer === undefined ? PEER_NAMES : values.peer.map((name) => oneOf("peer", name, PEER_NAMES)),
    json: values.json,
    html: values.html,
    threads: positive("threads", values.threads ?? String(availableParallelism())),
    rounds: positive("rounds", values.rounds),
    turnMs: positive("turn-ms", values["turn-ms"]),
  };
}

function oneOf<TName extends string>(kind: string, name: string, known: readonly TName[]): TName {
  const found = known.find((candidate) => candidate === name);
  if (found === undefined) throw new Error(`There is no ${kind} "${name}".\n${USAGE}`);
  return found;
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`--${name} must be a whole number above 0. Received "${text}".\n${USAGE}`);
}
