import { follow, hasAsyncContext, RunTasks } from "@lightning-ts/core";

/**
 * Runs `body` with tensor scopes, recording and random streams of its own, so that others may take turns with it. What
 * it has drawn counts as drawn when it ends. On a platform without an asynchronous context it is part of its caller.
 * @param owner who runs it
 */
export async function runAsTask<TResult>(owner: object, body: () => TResult): Promise<Awaited<TResult>> {
  if (!hasAsyncContext()) return await body();
  const tasks = new RunTasks(owner);
  const call = tasks.openCall(owner);
  try {
    return await follow(call, async () => await body());
  } finally {
    call.isLive = false;
    tasks.end();
  }
}
