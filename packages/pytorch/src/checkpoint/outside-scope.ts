import { awaitOutside, currentScope } from "@lightning-ts/core";

/** Waits for our own work with the open scope detached, so that other tasks' tensors are not taken for the batch's. */
export function outsideScope<TResult>(work: Promise<TResult>): Promise<TResult> {
  const scope = currentScope();
  return scope === undefined ? work : awaitOutside(scope, work);
}
