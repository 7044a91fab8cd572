import { MisconfigurationError } from "@lightning-ts/core";
import type { Callback } from "../contract/callback.js";
import { Callback as BaseCallback } from "../contract/callback.js";
import { Checkpoint } from "../callbacks/checkpoint.js";
import { ModelCheckpoint } from "../callbacks/model-checkpoint.js";
import { ModelSummary } from "../callbacks/model-summary.js";
import { ProgressBar } from "../callbacks/progress-bar.js";
import { Timer } from "../callbacks/timer.js";
import { findSharedKeys } from "../contract/state-keys.js";
import type { Messages } from "@lightning-ts/fabric";
import type { TrainerPlan } from "../options/plan.js";

/** The given callbacks and the default ones, with checkpoints last. */
export function completeCallbacks(given: readonly Callback[], plan: TrainerPlan, messages: Messages): Callback[] {
  const callbacks = [...given];
  const has = (base: abstract new (...args: never[]) => Callback) => given.some((callback) => callback instanceof base);
  if (plan.enableCheckpointing && !has(Checkpoint)) callbacks.push(new ModelCheckpoint());
  if (plan.maxTimeMs !== undefined) {
    if (has(Timer)) messages.info("maxTime is ignored: callbacks has a Timer.");
    else callbacks.push(new Timer({ duration: plan.maxTimeMs }));
  }
  if (plan.enableProgressBar && !has(ProgressBar)) callbacks.push(new ProgressBar());
  if (plan.enableModelSummary && !has(ModelSummary)) callbacks.push(new ModelSummary());
  warnOfNamesakes(callbacks, messages);
  return checkpointsLast(callbacks);
}

function warnOfNamesakes(callbacks: readonly Callback[], messages: Messages): void {
  for (const { key } of findSharedKeys(callbacks).filter(({ areNamesakes }) => areNamesakes))
    messages.warn(
      `namesakes ${key}`,
      `Two callback classes with state are called "${key}", as a bundler that shortens names does. Checkpoints tell them apart by their order, and the next build may give them other names: override stateKey in both.`,
    );
}

/** Adds the callbacks that a module brings: each replaces those of its class and of its base classes. */
export function mergeModuleCallbacks(
  callbacks: readonly Callback[],
  returned: Callback | readonly Callback[],
  messages: Messages,
): Callback[] {
  const added = returned instanceof BaseCallback ? [returned] : [...returned];
  const isReplaced = (callback: Callback) =>
    added.some(
      (newer) =>
        callback.constructor !== BaseCallback &&
        (callback.constructor === newer.constructor ||
          Object.prototype.isPrototypeOf.call(prototypeOf(callback), newer)),
    );
  const merged = checkpointsLast([...callbacks.filter((callback) => !isReplaced(callback)), ...added]);
  if (added.length > 0) checkSharedKeys(merged, messages);
  return merged;
}

/** @throws MisconfigurationError when the module brings a callback whose state would replace another's */
function checkSharedKeys(callbacks: readonly Callback[], messages: Messages): void {
  const shared = findSharedKeys(callbacks).find(({ areNamesakes }) => !areNamesakes);
  if (shared !== undefined)
    throw new MisconfigurationError({
      code: "LIT_STATE_KEY",
      message: `With the callbacks of configureCallbacks, two have the state key "${shared.key}".`,
      tryThis: "an own stateKey for each, so that a checkpoint can tell them apart.",
    });
  warnOfNamesakes(callbacks, messages);
}

function prototypeOf(value: object): object {
  const prototype: unknown = Object.getPrototypeOf(value);
  return typeof prototype === "object" && prototype !== null ? prototype : Object.prototype;
}

function checkpointsLast(callbacks: readonly Callback[]): Callback[] {
  return [
    ...callbacks.filter((callback) => !(callback instanceof Checkpoint)),
    ...callbacks.filter((callback) => callback instanceof Checkpoint),
  ];
}
