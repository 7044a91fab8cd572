import { countRuns, hasAsyncContext, mapTree, MisconfigurationError } from "@lightning-ts/core";
import type { Callback } from "../contract/callback.js";
import type { LightningDataModule } from "../contract/lightning-data-module.js";
import type { LightningModule } from "../contract/lightning-module.js";
import { requireState } from "../contract/required-state.js";
import { rememberRuntimes } from "../contract/module-runtime.js";
import { Door } from "../door/door.js";
import { Driver } from "../door/driver.js";
import type { Steps } from "../door/steps.js";
import { PublishedMetrics } from "../results/published-metrics.js";
import type { OwnedParts } from "../run/session/owned-parts.js";

/** A Trainer whose callbacks can be put back. */
interface Onlookers {
  callbacks: readonly Callback[];
}

/** What a run is started with. */
export interface RunToEnter<TResult> {
  readonly trainer: Onlookers;
  readonly parts: OwnedParts;
  readonly module: LightningModule | undefined;
  readonly datamodule: LightningDataModule | undefined;
  readonly trains: boolean;
  readonly run: () => Promise<TResult>;
}

/**
 * Starts a run, also in a hook of another one. One of another Trainer only goes aside for it. One of the same Trainer
 * lends it the Trainer: state, metrics and callbacks are put back when the inner run has ended.
 * @throws MisconfigurationError where the Trainer is running and none of its hooks is
 */
export async function enterRun<TResult>(entry: RunToEnter<TResult>): Promise<TResult> {
  const { state, current } = entry.parts;
  if (state.status !== "running") {
    const outer = Door.running;
    if (outer === undefined) requireTurns();
    return outer === undefined ? entry.run() : outer.aside(() => attachedAgain(entry, entry.run));
  }
  if (current.door === undefined || !isInside(current.door))
    throw new MisconfigurationError({
      code: "LIT_BUSY",
      message: `This Trainer is running ${state.stage ?? "something"} already.`,
      tryThis: "await it first, start the run in a hook of this one, or use another Trainer.",
    });
  return current.door.enclose(() => attachedAgain(entry, () => lendTrainer(entry)));
}

/** Whether a hook of the run is calling. Without an asynchronous context: whether one of its hooks has not ended. */
function isInside(door: Door): boolean {
  return hasAsyncContext() ? Door.running === door : door.hook !== undefined;
}

/** @throws MisconfigurationError where runs cannot take turns */
function requireTurns(): void {
  if (countRuns() === 0 || hasAsyncContext()) return;
  throw new MisconfigurationError({
    code: "LIT_ASYNC_CONTEXT",
    message: "Another run is under way, and this platform cannot tell whose code runs where several take turns.",
    expected: "a platform with an asynchronous context: Node, Deno or Bun",
    tryThis:
      "await the other run first. setAsyncContext(…) from @lightning-ts/core takes an asynchronous context of your own.",
  });
}

/** Module and data module go back to the run that they belong to. */
async function attachedAgain<TResult>(
  { module, datamodule, parts }: RunToEnter<TResult>,
  run: () => Promise<TResult>,
): Promise<TResult> {
  const used = module ?? parts.current.module;
  const attach = used === undefined ? undefined : rememberRuntimes(used);
  const trainer = datamodule?.isAttached === true ? datamodule.trainer : undefined;
  try {
    return await run();
  } finally {
    attach?.();
    if (datamodule !== undefined && trainer?.status === "running") datamodule.trainer = trainer;
  }
}

/** The inner run gets a state and metrics of its own; what it did to the Trainer and its callbacks is undone. */
async function lendTrainer<TResult>({ trainer, parts, trains, run }: RunToEnter<TResult>): Promise<TResult> {
  const { state, published, current } = parts;
  const { callbacks } = trainer;
  parts.state = state.fork();
  parts.published = new PublishedMetrics();
  parts.current = { module: current.module, session: undefined, fit: undefined, door: undefined, isInner: true };
  const driver = new Driver();
  // Not the outer run's door, which is waiting for the inner run.
  const door = new Door({ driver, position: () => state.describePosition() });
  try {
    const states = trains ? await driver.run(statesOf(callbacks, door)) : new Map<Callback, Record<string, unknown>>();
    try {
      return await run();
    } finally {
      await driver.run(giveBack(states, door));
    }
  } finally {
    Object.assign(parts, { state, published, current });
    trainer.callbacks = callbacks;
  }
}

function* statesOf(callbacks: readonly Callback[], door: Door): Steps<Map<Callback, Record<string, unknown>>> {
  const states = new Map<Callback, Record<string, unknown>>();
  for (const callback of callbacks) {
    const state = requireState(callback, yield* door.call(callback, "stateDict"));
    // A copy: the callback may go on writing to what it gave.
    if (Object.keys(state).length > 0) states.set(callback, copyOf(state));
  }
  return states;
}

function* giveBack(states: ReadonlyMap<Callback, Record<string, unknown>>, door: Door): Steps<void> {
  for (const [callback, state] of states) yield* door.call(callback, "loadStateDict", state);
}

function copyOf(state: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(state).map(([name, value]) => [name, mapTree(value, (leaf) => leaf)]));
}
