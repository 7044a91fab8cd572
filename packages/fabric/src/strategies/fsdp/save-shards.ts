import { MisconfigurationError } from "@lightning-ts/core";
import { CheckpointWriteError } from "../../checkpoint/checkpoint-errors.js";
import type { CheckpointStore, CheckpointValue, SaveOptions } from "../../checkpoint/checkpoint-store.js";
import { randomId } from "../../checkpoint/random-id.js";
import { partTree, shardName } from "../../checkpoint/shard-folder.js";
import type { Strategy } from "../strategy.js";
import { saveOnRankZero } from "../ddp/save-on-rank-zero.js";
import type { StateEntries } from "./optimizer-states-in-tree.js";

export type CheckpointTree = { readonly [key: string]: CheckpointValue };

interface ShardsRequest {
  readonly strategy: Pick<Strategy, "globalRank" | "worldSize" | "isGlobalZero" | "broadcast" | "allGather">;
  readonly store: CheckpointStore;
  readonly join: (...segments: string[]) => string;
  readonly path: string;
  readonly tree: CheckpointTree;
  /** What this rank has of the optimizers' states, by their places as JSON. */
  readonly own: ReadonlyMap<string, StateEntries>;
  readonly options: SaveOptions;
}

/**
 * Each rank writes what it has into a folder, and rank 0 commits all of it once all are there. Until then, and where
 * one of them fails, the checkpoint that was in the folder before is the one that counts.
 * @throws CheckpointWriteError on all ranks
 */
export async function saveShards(request: ShardsRequest): Promise<void> {
  const { strategy, store, join, path, tree, own, options } = request;
  const { globalRank, worldSize, isGlobalZero } = strategy;
  requireFolders(store);
  const { save } = await strategy.broadcast({ save: randomId() }, 0, `shards of ${path}`);
  const names = Array.from({ length: worldSize }, (_, rank) => shardName(rank, worldSize, save));
  const file = join(path, names[globalRank] ?? "");
  const failure = await failureOf(async () => {
    await (isGlobalZero ? store.save(file, tree, options) : store.save(file, partOf(own), { owner: options.owner }));
    // A store that writes in the background has written when it answers.
    if (!(await store.exists(file))) throw new CheckpointWriteError(file, new Error("it is not there after the save"));
  });
  const said: unknown = await strategy.allGather<unknown>(failure?.message ?? "", `wrote ${path}`);
  const messages: readonly unknown[] = Array.isArray(said) ? said : [said];
  const failed = messages.findIndex((message) => message !== "");
  if (failed !== -1) {
    // The shards that are there belong to no checkpoint; who cannot remove one leaves it to the next commit.
    await failureOf(() => store.remove(file));
    throw failure ?? new CheckpointWriteError(path, new Error(`Rank ${failed} could not: ${String(messages[failed])}`));
  }
  const commit = async (): Promise<void> => store.commitShards?.(path, names, options);
  await saveOnRankZero({ path, isRankZero: isGlobalZero, save: commit, broadcast: strategy.broadcast.bind(strategy) });
}

function partOf(own: ReadonlyMap<string, StateEntries>): CheckpointTree {
  const parts = [...own].map(([place, entries]) => {
    const path: string[] = JSON.parse(place);
    return { path, entries };
  });
  return partTree(parts);
}

function requireFolders(store: CheckpointStore): void {
  if (store.commitShards !== undefined) return;
  throw new MisconfigurationError({
    code: "LIT_STRATEGY",
    message: `The checkpoint store "${store.name}" cannot write folders of shards.`,
    expected: "a store with commitShards, such as SafetensorsCheckpointStore",
    tryThis: 'new FSDPStrategy({ stateDictType: "full" }), which writes one file.',
  });
}

async function failureOf(body: () => Promise<void>): Promise<Error | undefined> {
  try {
    await body();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
