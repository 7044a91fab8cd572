import { isPlainObject } from "@lightning-ts/core";
import { CheckpointFormatError, type LoadedTree } from "@lightning-ts/fabric";
import { Tensor, TensorBuffer } from "@tensorflow/tfjs-core";
import type { CheckpointContent } from "../words/checkpoint-content.js";
import { isLoadedTree } from "./codecs/checkpoint-tree.js";

export const INVENTORY_KEY = "inventory";
const VERSION = 2;

/** How many values of each kind there are. */
type Counts = Partial<Record<Kind, number>>;
type Kind = "lists" | "objects" | "tensors" | "elements" | "bytes" | Plain | SinceVersion2;
/** Inventories of version 1 do not count the characters of texts, nor elements by their type. */
type SinceVersion2 = "characters" | `elements of ${string}`;
type Plain = "numbers" | "texts" | "flags" | "nothings";

/**
 * How many values of each kind each entry of a checkpoint holds, so that one that was lost is missed.
 * @param uncounted entries of which this rank has only a part
 */
export function takeInventory(
  checkpoint: CheckpointContent,
  uncounted: readonly string[] = [],
): Record<string, unknown> {
  const isCounted = (name: string): boolean => name !== INVENTORY_KEY && !uncounted.includes(name);
  const entries = Object.entries(checkpoint).filter(([name, value]) => isCounted(name) && value !== undefined);
  return { version: VERSION, ...Object.fromEntries(entries.map(([name, value]) => [name, countsIn(value)])) };
}

/**
 * Compares a checkpoint with its inventory. Entries that came to it later are none of it.
 * @returns what is wrong; undefined where nothing is, or where there is no inventory
 */
export function findLost(tree: LoadedTree, path: string): CheckpointFormatError | undefined {
  const inventory = tree[INVENTORY_KEY];
  if (inventory === undefined) return undefined;
  const version = isLoadedTree(inventory) ? inventory["version"] : undefined;
  if (!isLoadedTree(inventory) || (version !== 1 && version !== VERSION))
    return notAsWritten(path, INVENTORY_KEY, `version 1 or ${VERSION}`, "another");
  const { version: _, ...entries } = inventory;
  for (const [name, expected] of Object.entries(entries)) {
    const found = countsIn(tree[name]);
    const [before, now] = [describeCounts(expected), describeCounts(version === 1 ? ofVersion1(found) : found)];
    if (before !== now) return notAsWritten(path, name, before, now);
  }
  return undefined;
}

function ofVersion1(counts: Counts): Counts {
  return Object.fromEntries(
    Object.entries(counts).filter(([kind]) => kind !== "characters" && !kind.startsWith("elements of ")),
  );
}

function notAsWritten(path: string, name: string, expected: string, received: string): CheckpointFormatError {
  return new CheckpointFormatError(
    path,
    `its entry "${name}" is not as the run has written it. Expected ${expected}. Received ${received}. If it was changed on purpose, remove the entry "${INVENTORY_KEY}" too.`,
  );
}

function countsIn(value: unknown, counts: Counts = {}): Counts {
  if (value === undefined) return counts;
  if (value instanceof Tensor || value instanceof TensorBuffer) {
    add(counts, "tensors");
    add(counts, `elements of ${value.dtype}`, value.size);
    return add(counts, "elements", value.size);
  }
  if (value instanceof Uint8Array) return add(counts, "bytes", value.length);
  if (Array.isArray(value)) {
    add(counts, "lists");
    // A place in a list that holds nothing is kept as null.
    for (const item of value) countsIn(item ?? null, counts);
    return counts;
  }
  if (value instanceof Map || isPlainObject(value)) {
    add(counts, "objects");
    for (const item of value instanceof Map ? value.values() : Object.values(value)) countsIn(item, counts);
    return counts;
  }
  if (typeof value === "string") add(counts, "characters", value.length);
  return add(counts, kindOf(value));
}

function kindOf(value: unknown): Plain {
  if (typeof value === "number") return "numbers";
  if (typeof value === "boolean") return "flags";
  return value === null ? "nothings" : "texts";
}

function add(counts: Counts, kind: keyof Counts, count = 1): Counts {
  counts[kind] = (counts[kind] ?? 0) + count;
  return counts;
}

function describeCounts(counts: unknown): string {
  if (typeof counts !== "object" || counts === null) return "nothing readable";
  const parts = Object.entries(counts).map(([kind, count]) => `${String(count)} ${kind}`);
  return parts.toSorted().join(", ") || "nothing";
}
