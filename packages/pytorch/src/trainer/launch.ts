import { MisconfigurationError, resolveBackend, tf } from "@lightning-ts/core";
import type { Connection } from "@lightning-ts/fabric";
import { wait, type Steps } from "../door/steps.js";
import type { ClosingStack } from "./closing-stack.js";

/** Runs whose device has started, of all Trainers of the process. */
const underWay = new Set<object>();

/** Pending while a device starts: the next run waits, and then sees the backend that all compute on. */
let starting: Promise<void> | undefined;

/**
 * Starts the device of a run. All runs compute on the backend that is set.
 * @param closing gets what ends the run's claim to its backend
 * @throws MisconfigurationError for another backend than that of a run that is under way
 */
export function* launch(connection: Connection, closing: ClosingStack): Steps<void> {
  while (starting !== undefined) yield* wait(starting);
  let isStarted = (): void => undefined;
  starting = new Promise((resolve) => {
    isStarted = resolve;
  });
  try {
    yield* startOnCommonBackend(connection);
  } finally {
    starting = undefined;
    isStarted();
  }
  const run = {};
  underWay.add(run);
  closing.defer(() => void underWay.delete(run));
}

function* startOnCommonBackend(connection: Connection): Steps<void> {
  const before = underWay.size > 0 ? tf.getBackend() : undefined;
  yield* wait(connection.launch());
  const own = tf.getBackend();
  if (before === undefined || before === own) return;
  yield* wait(resolveBackend(before));
  throw new MisconfigurationError({
    code: "LIT_SEVERAL_BACKENDS",
    message: "Another run is under way on another backend, and all tensors of a process are on one.",
    expected: `accelerator: cpu({ backend: "${before}" })`,
    received: `"${own}"`,
    tryThis: "await the other run first, or give both the same backend.",
  });
}
