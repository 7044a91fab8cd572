import { MisconfigurationError } from "@lightning-ts/core";

/** What a ModelCheckpoint keeps in a checkpoint. */
export interface ModelCheckpointState {
  readonly version: 1;
  readonly monitor: string | null;
  readonly bestModelScore: number | null;
  readonly bestModelPath: string;
  readonly currentScore: number | null;
  readonly dirpath: string | null;
  readonly bestKModels: readonly (readonly [path: string, score: number])[];
  readonly lastModelPath: string;
  /** Files that go as soon as this checkpoint is written. */
  readonly outdated: readonly string[];
}

/** The files that are kept, without those that are about to go. */
export function filesOf({ bestModelPath, lastModelPath, bestKModels }: ModelCheckpointState): readonly string[] {
  return [bestModelPath, lastModelPath, ...bestKModels.map(([path]) => path)].filter((path) => path !== "");
}

/** @throws MisconfigurationError when it is none */
export function readModelCheckpointState(state: Record<string, unknown>): ModelCheckpointState {
  if (state["version"] !== 1)
    throw new MisconfigurationError({
      code: "LIT_CKPT_KEY",
      message: "The checkpoint's state of ModelCheckpoint has an unknown version.",
      expected: "version 1",
    });
  const models: unknown = state["bestKModels"];
  const outdated: unknown = state["outdated"];
  const isScore = (entry: unknown): entry is [string, number] =>
    Array.isArray(entry) && typeof entry[0] === "string" && typeof entry[1] === "number";
  return {
    version: 1,
    monitor: text(state["monitor"]) ?? null,
    bestModelScore: number(state["bestModelScore"]),
    bestModelPath: text(state["bestModelPath"]) ?? "",
    currentScore: number(state["currentScore"]),
    dirpath: text(state["dirpath"]) ?? null,
    bestKModels: Array.isArray(models) ? models.filter(isScore) : [],
    lastModelPath: text(state["lastModelPath"]) ?? "",
    outdated: Array.isArray(outdated) ? outdated.filter((path) => typeof path === "string") : [],
  };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function number(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
