import type { Optimizer } from "@lightning-ts/core";
import { describeOptimizer } from "../setups/describe-parts.js";
import type { OptimizerSetup } from "../setups/run-setup.js";

interface CodeSetup {
  /** What the code asked for, before any schedule. */
  readonly code: OptimizerSetup;
  /** What the next checkpoint says: where the options of an earlier one go on, these. */
  goesOn: OptimizerSetup;
}

const setups = new WeakMap<Optimizer, CodeSetup>();

/** Remembers what an optimizer is asked for as it is set up: schedules and checkpoints change it later. */
export function rememberCode(optimizer: Optimizer): CodeSetup {
  const known = setups.get(optimizer);
  if (known !== undefined) return known;
  const code = describeOptimizer(optimizer);
  const setup = { code, goesOn: code };
  setups.set(optimizer, setup);
  return setup;
}
