import { fileFormatOf, isCount, MisconfigurationError, noteFileFormat, type HostTensor } from "@lightning-ts/core";
import { isTree, type CheckpointValue, type LoadedTree, type LoadedValue } from "@lightning-ts/fabric";
import { TensorBuffer } from "@tensorflow/tfjs-core";
import type { Cursor } from "../../words/cursor.js";
import type { CheckpointFile } from "../participant.js";

export type CheckpointTree = { readonly [key: string]: CheckpointValue };

/**
 * A checkpoint as hooks see it is one of unknown values; the store checks every entry when it writes, and names what it
 * cannot hold.
 */
export function toCheckpointTree(tree: Record<string, unknown>): CheckpointTree {
  return tree as CheckpointTree;
}

/** True for an object of a loaded checkpoint; false for tensors, bytes, lists and plain values. */
export function isLoadedTree(value: LoadedValue | undefined): value is LoadedTree {
  return value !== undefined && isTree(value);
}

/** The weights of a checkpoint, by their state-dict keys. @param weights its entry "state_dict" */
export function weightsOf(weights: LoadedValue | undefined, file: CheckpointFile): Record<string, HostTensor> {
  if (!isLoadedTree(weights)) {
    throw new MisconfigurationError({
      code: "LIT_CKPT_KEY",
      message: `${file.path} has no weights.`,
      expected: 'an entry "state_dict"',
      received: file.entries.join(", "),
    });
  }
  return savedTensors(weights);
}

/** The tensors of an entry of a checkpoint, by name; they know of an older format what the entry knows. */
export function savedTensors(entry: unknown): Record<string, HostTensor> {
  if (typeof entry !== "object" || entry === null) return {};
  const tensors = Object.fromEntries(
    Object.entries(entry).filter((pair): pair is [string, HostTensor] => pair[1] instanceof TensorBuffer),
  );
  noteFileFormat(tensors, fileFormatOf(entry));
  return tensors;
}

const PHASES = ["epochStart", "inBatch", "batchEnd", "validated", "betweenBatches", "epochEnd"];

/** Reads a stored position. @throws MisconfigurationError when it is none */
export function readCursor(value: LoadedValue | undefined): Cursor {
  const numbers = ["epoch", "batch", "totalBatches", "globalStep", "batchesThatStepped"];
  const isCursor =
    isLoadedTree(value) &&
    numbers.every((name) => isCount(value[name])) &&
    (value["cutAfter"] === null || isCount(value["cutAfter"])) &&
    PHASES.includes(String(value["phase"])) &&
    typeof value["isWindowClosed"] === "boolean" &&
    typeof value["isLastBatch"] === "boolean";
  if (!isCursor)
    throw new MisconfigurationError({
      code: "LIT_CKPT_KEY",
      message: "The checkpoint has no readable position to resume from.",
      received: JSON.stringify(value),
    });
  return value as unknown as Cursor;
}
