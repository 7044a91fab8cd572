import { HookError } from "../errors/hook-error.js";
import type { TrainerParts } from "../run/session/owned-parts.js";

/**
 * Listens for promises that hooks of this run made, that nobody waits for, and that are rejected: the run ends at its
 * next safe point, and the error names the hook. Promises of others are left to whoever they belong to.
 * @returns a function that ends listening, once everything that was rejected so far is known
 */
export function hearStrayFailures({ connection, door, state }: TrainerParts): () => Promise<void> {
  const { clock, processes } = connection.ports;
  if (processes === undefined) return async () => undefined;
  const remove = processes.onRejection((reason) => {
    const hook = door.startedIn();
    if (hook === undefined) return false;
    const cause = reason instanceof Error ? reason : new Error(String(reason));
    state.strayFailure ??= new HookError({
      hook: `a promise that ${hook} made and did not wait for`,
      position: state.describePosition(),
      cause,
      batch: undefined,
    });
    return true;
  });
  return async () => {
    await clock.yieldToEventLoop();
    remove();
  };
}
