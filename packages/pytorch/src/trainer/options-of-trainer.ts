import type { Trainer } from "../contract/trainer.js";
import type { RunArguments } from "./run-arguments.js";
import type { TrainerOptions } from "../options/trainer-options.js";

const known = new WeakMap<object, TrainerOptions>();

/** Remembers what a Trainer was made with, for others that are to be made like it. */
export function rememberOptions(trainer: object, options: TrainerOptions): void {
  known.set(trainer, options);
}

const calls = new WeakMap<object, RunArguments>();

/** Remembers what the run that is under way was called with. */
export function rememberCall(trainer: object, given: RunArguments): void {
  calls.set(trainer, given);
}

/** What the run that is under way, or the last one, was called with. */
export function callOfTrainer(trainer: Trainer): RunArguments | undefined {
  return calls.get(trainer);
}

/** What a Trainer was made with, the options of the environment included. */
export function optionsOfTrainer(trainer: Trainer): TrainerOptions {
  return known.get(trainer) ?? {};
}
