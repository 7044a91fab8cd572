import { MisconfigurationError } from "@lightning-ts/core";
import { availableParallelism } from "node:os";
import type { JoinedRanks, JoinRequest, RankListener, RankProcesses, SharedMemory } from "../../ports/ranks.js";
import { linuxCalls, type LinuxCalls } from "./linux-calls.js";
import { isRunning, ownProcess } from "./process-start.js";
import { becomeRankOfParent } from "./rank-process.js";
import { INHERITED_MEMORY, startChildren } from "./start-children.js";
import { endWithChildren } from "./end-with-children.js";

/** One for the process: it joins once. */
const RANKS: RankProcesses = { join };

/** Node's processes as ranks of one machine; Linux alone so far. */
export function nodeRanks(): RankProcesses {
  return RANKS;
}

async function join(request: JoinRequest): Promise<JoinedRanks> {
  const isChild = await becomeRankOfParent();
  if (!isChild && request.localRank !== 0) throw startedByOthers(request.localRank);
  const calls = await linuxCalls();
  const descriptor = isChild ? INHERITED_MEMORY : calls.createMemory("lightning");
  hearOwnEnd(request.listener);
  if (!isChild) endWithChildren(startChildren(request, descriptor, calls), request);
  return {
    own: ownProcess(),
    threads: Math.max(1, Math.floor(availableParallelism() / request.localRanks)),
    open: (offsetBytes, sizeBytes) => openMemory(calls, calls.map(descriptor, offsetBytes, sizeBytes)),
    isRunning,
  };
}

function openMemory(
  calls: LinuxCalls,
  { address, buffer }: { readonly address: bigint; readonly buffer: ArrayBuffer },
): SharedMemory {
  const at = (word: number): bigint => address + BigInt(4 * word);
  return {
    buffer,
    wait: (word, value) => calls.waitForWord(at(word), value),
    waitAsync: (word, value) => calls.waitForWordAsync(at(word), value),
    ring: (word) => calls.wake(at(word)),
  };
}

function hearOwnEnd(listener: RankListener): void {
  process.on("uncaughtExceptionMonitor", (error) => listener.onUncaught(error));
  process.on("exit", (code) => listener.onExit(code));
}

function startedByOthers(localRank: number): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_RANKS",
    message: `LOCAL_RANK is ${localRank}, and this process was not started by the one with rank 0.`,
    expected: "one process, which starts the others itself",
    tryThis: "start the script once, without LOCAL_RANK.",
  });
}
