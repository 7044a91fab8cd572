import { DatasetError } from "../dataset-error.js";
import type { SentError, WorkerFailure } from "./worker-messages.js";

/** What a worker sends of an error: the classes of errors do not pass between threads. */
export function failureOf(error: unknown): WorkerFailure {
  const isItem = error instanceof DatasetError && error.index !== undefined;
  return { index: isItem ? error.index : undefined, error: sent(isItem ? (error.cause ?? error) : error) };
}

function sent(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), stack: undefined };
  const { name, message, stack, cause } = error;
  return { name, message, stack, ...(cause instanceof Error ? { cause: sent(cause) } : {}) };
}

/** An error as it was in the worker, with the worker's stack. */
export function received({ name, message, stack, cause }: SentError): Error {
  const error = new Error(message, cause === undefined ? undefined : { cause: received(cause) });
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}
