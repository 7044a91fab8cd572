import { chosenSeed, classNameOf, DataLoader, Module, Optimizer } from "@lightning-ts/core";
import { CheckpointFormatError } from "../checkpoint/checkpoint-errors.js";
import type { CheckpointValue, LoadedTree } from "../checkpoint/checkpoint-store.js";
import { isTree, requireStorable } from "../checkpoint/pack-tree.js";
import {
  describeComputing,
  describeLayer,
  describeLoader,
  describeSchedule,
  layersOf,
} from "../setups/describe-parts.js";
import { parseRunSetup, settingsOf, type RunSetup, type Settings } from "../setups/run-setup.js";
import type { Strategy } from "../strategies/strategy.js";
import { methodOf } from "../wrappers/method-of.js";
import { unwrap } from "../wrappers/wrapped-objects.js";
import { rememberCode } from "./code-setups.js";
import type { FabricState } from "./save-state.js";

/** The entry of a checkpoint that says what its state was set up with. */
const FABRIC_SETUP_KEY = "fabric_setup";

/** What each entry of a state is set up with, and what computes. */
export interface FabricSetup {
  readonly version: 1;
  readonly entries: Readonly<Record<string, RunSetup>>;
  readonly run: RunSetup;
}

const NOTHING: RunSetup = { version: 1, model: {}, optimizers: [], schedulers: [], loaders: [], run: {} };

/** Adds to a checkpoint what its state is set up with. */
export function addSetup(tree: Record<string, CheckpointValue>, state: FabricState, strategy: Strategy): void {
  const setup: unknown = describeState(state, strategy, true);
  requireStorable(setup, [FABRIC_SETUP_KEY]);
  tree[FABRIC_SETUP_KEY] ??= setup;
}

/** @param isWritten for a checkpoint, which says what goes on; otherwise what the code asks for */
export function describeState(state: FabricState, strategy: Strategy, isWritten: boolean): FabricSetup {
  const entries: Record<string, RunSetup> = Object.create(null);
  for (const [key, value] of Object.entries(state)) {
    const described = typeof value === "object" && value !== null ? describeEntry(unwrap(value), isWritten) : undefined;
    if (described !== undefined) entries[key] = { ...NOTHING, ...described };
  }
  const { precision, worldSize: devices, device } = strategy;
  const computing = describeComputing({ precision, backend: device.backend, devices });
  return { version: 1, entries, run: { ...NOTHING, run: settingsOf({ seed: chosenSeed(), ...computing }) } };
}

/**
 * @returns undefined for a file that does not say
 * @throws CheckpointFormatError when it is something else
 */
export function readFabricSetup(tree: LoadedTree, path: string): FabricSetup | undefined {
  const saved = tree[FABRIC_SETUP_KEY];
  if (saved === undefined) return undefined;
  if (!isTree(saved) || saved["version"] !== 1 || !isTree(saved["entries"]))
    throw new CheckpointFormatError(path, `its entry "${FABRIC_SETUP_KEY}" is not as it was written.`);
  const entries: Record<string, RunSetup> = Object.create(null);
  for (const [key, value] of Object.entries(saved["entries"]))
    entries[key] = parseRunSetup(value, path, `${FABRIC_SETUP_KEY}.entries.${key}`);
  return { version: 1, entries, run: parseRunSetup(saved["run"], path, `${FABRIC_SETUP_KEY}.run`) };
}

/** A checkpoint without what it says of its setup. */
export function withoutSetup({ [FABRIC_SETUP_KEY]: _, ...tree }: LoadedTree): LoadedTree {
  return tree;
}

/** Whether an object is a schedule of learning rates, ours or somebody else's. */
export function isSchedule(value: object): value is { readonly optimizer: object } {
  return (
    "optimizer" in value && methodOf(value, "step") !== undefined && methodOf(value, "loadStateDict") !== undefined
  );
}

function describeEntry(value: object, isWritten: boolean): Partial<RunSetup> | undefined {
  if (value instanceof Module) return { model: describeModel(value) };
  if (value instanceof Optimizer) {
    const { code, goesOn } = rememberCode(value);
    return { optimizers: [isWritten ? goesOn : code] };
  }
  if (value instanceof DataLoader) return { loaders: [describeLoader(value)] };
  return isSchedule(value) ? { schedulers: [{ optimizer: 0, ...describeSchedule(value) }] } : undefined;
}

function describeModel(module: Module): Settings {
  return Object.fromEntries(
    layersOf(module).map(([name, layer]) => [name, describeLayer(classNameOf(layer), extraOf(layer))]),
  );
}

function extraOf(layer: Module): string {
  try {
    return layer.extraRepr();
  } catch {
    // A description that fails is none, and must not keep anybody from saving.
    return "";
  }
}
