import { Optimizer, ReduceLROnPlateau } from "@lightning-ts/core";
import type { LoadedTree } from "../checkpoint/checkpoint-store.js";
import { isTree } from "../checkpoint/pack-tree.js";
import type { Messages } from "../messages/messages.js";
import { compareSetups, type SetupDifference } from "../setups/compare-setups.js";
import { requireSameNames } from "../setups/require-same-names.js";
import { optionsOf, setOptions } from "../setups/set-options.js";
import { requireOptionsFrom, tellDifferences, type OptionsFrom } from "../setups/tell-differences.js";
import type { Strategy } from "../strategies/strategy.js";
import { methodOf } from "../wrappers/method-of.js";
import { unwrap } from "../wrappers/wrapped-objects.js";
import { rememberCode } from "./code-setups.js";
import { applyState, type FabricState } from "./save-state.js";
import { describeState, isSchedule, readFabricSetup, withoutSetup, type FabricSetup } from "./setup-of-state.js";

export interface LoadOptions {
  /** Refuse a file that lacks an entry of the state, or a parameter. @default true */
  readonly strict?: boolean | undefined;
  /** Whose options optimizers and schedules go on with, where the code's have changed. @default "checkpoint" */
  readonly optionsFrom?: OptionsFrom | undefined;
}

interface LoadParts {
  readonly strategy: Strategy;
  readonly messages: Messages;
}

/** A state that goes on from a checkpoint. */
interface Resumption {
  readonly path: string;
  readonly tree: LoadedTree;
  readonly state: FabricState;
  readonly strict: boolean;
  readonly optionsFrom: OptionsFrom;
}

/** What is known of both sides. */
interface Compared {
  /** Undefined where the file does not say. */
  readonly saved: FabricSetup | undefined;
  readonly now: FabricSetup;
}

/** Restores a state, or gives all that a file has where there is none. */
export async function loadState(
  parts: LoadParts,
  path: string,
  { state, strict = true, optionsFrom = "checkpoint" }: LoadOptions & { readonly state: FabricState | undefined },
): Promise<LoadedTree> {
  requireOptionsFrom(optionsFrom);
  const tree = await parts.strategy.loadCheckpoint(path);
  return state === undefined ? withoutSetup(tree) : resumeState({ path, tree, state, strict, optionsFrom }, parts);
}

/**
 * Restores a state in place, and says once what the code has otherwise than the run that it goes on from.
 * @returns what the file has besides
 * @throws CheckpointMismatchError for missing entries; MisconfigurationError for an optimizer of another class, and for
 *   another schedule where its options are the checkpoint's
 */
async function resumeState(resumption: Resumption, { strategy, messages }: LoadParts): Promise<LoadedTree> {
  const { path, tree, state, strict, optionsFrom } = resumption;
  const saved = readFabricSetup(tree, path);
  const compared = { saved, now: describeState(state, strategy, false) };
  requireSameClasses(resumption, compared);
  const changed = optionsFrom === "code" ? changedOptimizers(state, compared) : new Map<Optimizer, () => void>();
  const retraced = schedulesOf(state, new Set(changed.keys()));
  const rest = await applyState(path, withoutSetup(tree), state, strategy.precision, strict, retraced);
  for (const putBack of changed.values()) putBack();
  goOnWithSchedules(retraced, tree);
  if (optionsFrom === "checkpoint") rememberWhatGoesOn(state, saved);
  if (saved !== undefined && strategy.isGlobalZero)
    tellDifferences(messages, {
      path,
      differences: differencesOf(compared),
      optionsFrom,
      howToAsk: 'fabric.load(path, state, { optionsFrom: "code" })',
      notes: [],
      topic: `setup ${path}`,
    });
  return rest;
}

function requireSameClasses({ path, optionsFrom }: Resumption, { saved, now }: Compared): void {
  for (const [key, entry] of Object.entries(now.entries)) {
    const before = saved?.entries[key];
    if (before === undefined) continue;
    const source = `in the state as "${key}"`;
    const optimizers = "the optimizer of the file; or leave it out of the state to start another one with the weights.";
    requireSameNames(before.optimizers, entry.optimizers, { what: "optimizers", path, source, tryThis: optimizers });
    const schedulers = 'the schedule of the file; or { optionsFrom: "code" }, which takes the schedule of the code.';
    if (optionsFrom === "checkpoint")
      requireSameNames(before.schedulers, entry.schedulers, { what: "schedulers", path, source, tryThis: schedulers });
  }
}

function differencesOf({ saved, now }: Compared): SetupDifference[] {
  if (saved === undefined) return [];
  const entries = Object.entries(now.entries).filter(([key]) => saved.entries[key] !== undefined);
  const models = entries.filter(([, { model }]) => Object.keys(model).length > 0).length;
  const optimizers = entries.filter(([, entry]) => entry.optimizers.length > 0).length;
  const all = entries.flatMap(([key, entry]) =>
    compareSetups(saved.entries[key] ?? entry, entry).map((one) => {
      if (one.about === "model" && models > 1) return { ...one, what: one.what.replace(/^layer /, `layer ${key}.`) };
      return one.about === "optimizer" && optimizers > 1 ? { ...one, what: `${one.what} ("${key}")` } : one;
    }),
  );
  // Nothing brings the streams of a seed back here: the code's go on.
  const run = compareSetups(saved.run, now.run).map((one) => ({ ...one, wins: "code" as const }));
  return [...all, ...run];
}

/** Optimizers that have other options or schedules than they had, with what gives them the code's options back. */
function changedOptimizers(state: FabricState, { saved, now }: Compared): Map<Optimizer, () => void> {
  const changed = new Map<Optimizer, () => void>();
  for (const [key, entry] of Object.entries(now.entries)) {
    const before = saved?.entries[key];
    if (before !== undefined && compareSetups(before, entry).length === 0) continue;
    const value = objectOf(state[key]);
    const optimizer = value !== undefined && isSchedule(value) ? unwrap(value.optimizer) : value;
    if (!(optimizer instanceof Optimizer)) continue;
    const options = optionsOf(optimizer);
    changed.set(optimizer, () => setOptions(optimizer, options));
  }
  return changed;
}

/** Schedules of these optimizers. A plateau has no steps that could be taken again: what it has seen is its state. */
function schedulesOf(state: FabricState, optimizers: ReadonlySet<object>): ReadonlyMap<string, object> {
  const found = new Map<string, object>();
  for (const [key, entry] of Object.entries(state)) {
    const value = objectOf(entry);
    if (value === undefined || !isSchedule(value) || value instanceof ReduceLROnPlateau) continue;
    if (optimizers.has(unwrap(value.optimizer))) found.set(key, value);
  }
  return found;
}

/** They take as many steps as those at their place have taken; in turn, because they multiply each other's rates. */
function goOnWithSchedules(schedules: ReadonlyMap<string, object>, tree: LoadedTree): void {
  const rest = [...schedules].map(([key, schedule]) => {
    const saved = tree[key];
    const taken = isTree(saved) ? saved["lastEpoch"] : undefined;
    return { step: methodOf(schedule, "step"), count: typeof taken === "number" && taken > 0 ? taken : 0 };
  });
  for (let step = 0; rest.some(({ count }) => step < count); step += 1)
    for (const schedule of rest) if (step < schedule.count) schedule.step?.();
}

function rememberWhatGoesOn(state: FabricState, saved: FabricSetup | undefined): void {
  for (const [key, value] of Object.entries(state)) {
    const optimizer = objectOf(value);
    const [before] = saved?.entries[key]?.optimizers ?? [];
    if (optimizer instanceof Optimizer && before !== undefined) rememberCode(optimizer).goesOn = before;
  }
}

function objectOf(value: unknown): object | undefined {
  return typeof value === "object" && value !== null ? unwrap(value) : undefined;
}
