import { compareOptimizers, compareSchedulers, optionsOf, setOptions, type LoadedValue } from "@lightning-ts/fabric";
import type { Optimizer } from "@lightning-ts/core";
import { isLoadedTree } from "../../checkpoint/codecs/checkpoint-tree.js";
import type { Participant } from "../../checkpoint/participant.js";
import { restoreStates } from "../../checkpoint/participants.js";
import type { Steps } from "../../door/steps.js";
import type { Cursor } from "../../words/cursor.js";
import type { ResolvedScheduler } from "../../words/scheduler-config.js";
import type { FitSession } from "../session/fit-session.js";
import type { Resumption } from "./changed-setup.js";

const SCHEDULERS = "lr_schedulers";

/**
 * Gives training its state back. With `optionsFrom: "code"`, an optimizer whose options or schedules differ keeps what
 * it remembers of its parameters, and has the options of the code; its schedules take as many steps as were taken.
 */
export function* restoreTraining(
  fit: FitSession,
  participants: readonly Participant[],
  resumption: Resumption,
): Steps<void> {
  const { tree, path, optionsFrom } = resumption;
  if (optionsFrom === "checkpoint") {
    yield* restoreStates(participants, tree, path);
    return;
  }
  const { optimizers } = fit.optimizers;
  const options = optimizers.map(optionsOf);
  const others = participants.filter(({ key }) => key[0] !== SCHEDULERS);
  yield* restoreStates(others, tree, path);
  const states = tree[SCHEDULERS];
  const saved = Array.isArray(states) ? states : [];
  const changed = optimizers.filter((_, i) => isChanged(fit, resumption, i));
  for (const [i, optimizer] of optimizers.entries())
    if (changed.includes(optimizer)) setOptions(optimizer, options[i] ?? []);
  yield* goOnWithSchedules(fit, saved, changed, resumption);
}

/** Whether an optimizer has other options, or other schedules, than it had. A file that does not say leaves it open. */
function isChanged({ setup }: FitSession, { saved }: Resumption, index: number): boolean {
  const now = setup?.optimizers[index];
  if (saved === undefined || setup === undefined || now === undefined) return true;
  const ofThis = ({ optimizer }: { readonly optimizer: number }) => optimizer === index;
  return (
    compareOptimizers(saved.optimizers[index], now).length > 0 ||
    compareSchedulers(saved.schedulers.filter(ofThis), setup.schedulers.filter(ofThis)).length > 0
  );
}

function* goOnWithSchedules(
  fit: FitSession,
  saved: readonly LoadedValue[],
  changed: readonly Optimizer[],
  { saved: before }: Resumption,
): Steps<void> {
  const { schedulers } = fit.optimizers;
  const rest = new Map<ResolvedScheduler, number>();
  for (const [i, config] of schedulers.entries()) {
    const state = saved[i];
    const owner: { loadStateDict(state: unknown): void } = config.scheduler;
    const isSameKind = before === undefined || before.schedulers[i]?.name === fit.setup?.schedulers[i]?.name;
    const keepsState = !changed.includes(config.scheduler.optimizer) || (config.reduceOnPlateau && isSameKind);
    // A plateau has no steps that could be taken again: what it has seen is its state.
    if (keepsState && state !== undefined) yield* fit.door.call(owner, "loadStateDict", state);
    else if (!config.reduceOnPlateau)
      rest.set(config, stepsTaken(config, state, before?.schedulers[i]?.options, fit.state.cursor));
  }
  // Schedules of one optimizer multiply each other's rates: they step in turn, as they did.
  for (let step = 0; [...rest.values()].some((count) => step < count); step += 1)
    for (const [{ scheduler }, count] of rest) if (step < count) yield* fit.door.call(scheduler, "step");
}

/** How many steps a schedule would have taken by now. What one at its place has taken says it best. */
function stepsTaken(
  { interval, frequency }: ResolvedScheduler,
  state: LoadedValue | undefined,
  before: { readonly [option: string]: unknown } | undefined,
  { epoch, globalStep, totalBatches }: Cursor,
): number {
  const taken = isLoadedTree(state) ? state["lastEpoch"] : undefined;
  const isSamePace = before === undefined || (before["interval"] === interval && before["frequency"] === frequency);
  if (isSamePace && typeof taken === "number" && Number.isSafeInteger(taken) && taken >= 0) return taken;
  const count = interval === "epoch" ? epoch : interval === "step" ? globalStep : totalBatches;
  return Math.floor(count / frequency);
}
