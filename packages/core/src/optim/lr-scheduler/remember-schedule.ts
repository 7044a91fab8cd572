import { rememberForRollback } from "../../tensor/rollback.js";
import type { Optimizer } from "../optimizer.js";

interface Scheduler<TState> {
  readonly optimizer: Optimizer;
  stateDict(): TState;
  loadStateDict(state: TState): void;
}

/** To be called before a scheduler steps: its state and the options of the groups go back with a run that fails. */
export function rememberSchedule<TState>(scheduler: Scheduler<TState>): void {
  rememberForRollback(scheduler, () => {
    const state = scheduler.stateDict();
    const groups = scheduler.optimizer.paramGroups.map((group) => [group, { ...group }] as const);
    return () => {
      for (const [group, options] of groups) Object.assign(group, options);
      scheduler.loadStateDict(state);
    };
  });
}
