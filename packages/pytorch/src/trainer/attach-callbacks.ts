import type { Callback } from "../contract/callback.js";
import { Callback as BaseCallback } from "../contract/callback.js";
import { Checkpoint } from "../callbacks/checkpoint.js";
import { ModelCheckpoint } from "../callbacks/model-checkpoint.js";
import { ModelSummary } from "../callbacks/model-summary.js";
import { ProgressBar } from "../callbacks/progress-bar.js";
import { Timer } from "../callbacks/timer.js";
import type { Messages } from "../words/messages.js";
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
  return checkpointsLast(callbacks);
}

/** Adds the callbacks that a module brings: each replaces those of its class and of its base classes. */
export function mergeModuleCallbacks(
  callbacks: readonly Callback[],
  returned: Callback | readonly Callback[],
): Callback[] {
  const added = returned instanceof BaseCallback ? [returned] : [...returned];
  const isReplaced = (callback: Callback) =>
    added.some(
      (newer) =>
        callback.constructor !== BaseCallback &&
        (callback.constructor === newer.constructor ||
          Object.prototype.isPrototypeOf.call(prototypeOf(callback), newer)),
    );
  return checkpointsLast([...callbacks.filter((callback) => !isReplaced(callback)), ...added]);
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
