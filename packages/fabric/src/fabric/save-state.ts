import { describeValue, MisconfigurationError } from "@lightning-ts/core";
import { CheckpointMismatchError } from "../checkpoint/checkpoint-errors.js";
import type { CheckpointValue, LoadedTree, LoadedValue } from "../checkpoint/checkpoint-store.js";
import type { Precision, PrecisionState } from "../precision/precision.js";
import { isTree, requireStorable } from "../checkpoint/pack-tree.js";
import { convertRestored, isModel, isStateful, restoreInto, stateOf } from "./object-state.js";

/**
 * Names of objects and plain values that are saved together. Objects with a state of their own are saved by it and
 * restored in place.
 */
export type FabricState = Record<string, unknown>;

/** For an entry of the state: which of its own entries are saved. */
export type SaveFilter = Readonly<Record<string, (name: string, value: unknown) => boolean>>;

export interface PreparedState {
  readonly tree: Record<string, CheckpointValue>;
  /** The entry whose tensors keep their own names in the file. */
  readonly weights: string | undefined;
}

/** @throws MisconfigurationError for a filter of an entry that is not saved */
export async function prepareState(
  state: FabricState,
  filter: SaveFilter,
  precision: Precision,
): Promise<PreparedState> {
  if (typeof state !== "object" || state === null)
    throw new MisconfigurationError({
      code: "LIT_STATE",
      message: "save() needs an object that names what to save.",
      expected: "for example { model, optimizer, step }",
      received: describeValue(state),
    });
  checkFilter(state, filter);
  const tree: Record<string, CheckpointValue> = Object.create(null);
  for (const [key, value] of Object.entries(state)) {
    const saved = await stateOf(value);
    const keeps = filter[key];
    const kept = keeps === undefined ? saved : filterEntries(saved, keeps);
    requireStorable(kept, [key]);
    tree[key] = kept;
  }
  const precisionState = precision.state();
  if (precisionState !== undefined) tree[precision.stateKey] ??= precisionState;
  const models = Object.keys(state).filter((key) => isModel(state[key]));
  return { tree, weights: models.length === 1 ? models[0] : undefined };
}

/**
 * Restores objects in place and replaces plain values in `state`.
 * @param left entries that others restore
 * @returns what the file has besides
 * @throws CheckpointMismatchError when an entry is missing in the file and `strict`
 */
export async function applyState(
  path: string,
  loaded: LoadedTree,
  state: FabricState,
  precision: Precision,
  strict: boolean,
  left: { has(key: string): boolean } = new Set(),
): Promise<LoadedTree> {
  const missing = Object.keys(state).filter((key) => !Object.hasOwn(loaded, key));
  if (strict && missing.length > 0)
    throw new CheckpointMismatchError({
      path,
      missing,
      unexpected: Object.keys(loaded).filter((key) => !Object.hasOwn(state, key)),
    });
  const rest: LoadedTree = Object.create(null);
  for (const [key, value] of Object.entries(loaded)) {
    if (left.has(key)) continue;
    const target = state[key];
    if (isStateful(target)) {
      await restoreInto(target, value, { strict });
      convertRestored(target, precision);
    } else if (Object.hasOwn(state, key)) state[key] = value;
    else if (key === precision.stateKey && precision.state() !== undefined) precision.restore(numbersOf(value));
    else rest[key] = value;
  }
  return rest;
}

function numbersOf(value: LoadedValue): PrecisionState {
  const numbers: Record<string, number> = {};
  if (isTree(value))
    for (const [key, entry] of Object.entries(value)) if (typeof entry === "number") numbers[key] = entry;
  return numbers;
}

function checkFilter(state: FabricState, filter: SaveFilter): void {
  for (const [key, keeps] of Object.entries(filter)) {
    if (!Object.hasOwn(state, key)) {
      throw new MisconfigurationError({
        code: "LIT_SAVE_FILTER",
        message: `The filter names "${key}", which the state does not have.`,
        expected: `one of ${Object.keys(state).join(", ")}`,
      });
    }
    if (typeof keeps !== "function")
      throw new MisconfigurationError({
        code: "LIT_SAVE_FILTER",
        message: `The filter of "${key}" is no function.`,
        expected: "(name, value) => boolean",
        received: describeValue(keeps),
      });
  }
}

function filterEntries(saved: unknown, keeps: (name: string, value: unknown) => boolean): unknown {
  if (typeof saved !== "object" || saved === null) return saved;
  const entries: [string, unknown][] =
    saved instanceof Map ? [...saved].map(([name, value]) => [String(name), value]) : Object.entries(saved);
  return Object.fromEntries(entries.filter(([name, value]) => keeps(name, value)));
}
