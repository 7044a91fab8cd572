import type { TrainingBackend } from "@lightning-ts/core";

/** Runs a step; one that throws half-way leaves batch statistics, random streams and weights as they were before it. */
export function rollBackOnFailure(backend: TrainingBackend, step: () => void | Promise<void>): void | Promise<void> {
  const fail = (error: unknown): never => {
    backend.rollBack?.();
    throw error;
  };
  try {
    const running = step();
    return running === undefined ? undefined : running.catch(fail);
  } catch (error) {
    return fail(error);
  }
}
