import { hasUserFrame, LightningError, showUserFirst } from "@lightning-ts/core";
import { deepenStacks } from "./deep-stacks.js";

/**
 * Runs what the user called. The stack of an error of ours that leads to none of the user's lines begins with the call.
 * @param what was called, e.g. `"trainer.fit"`
 */
export async function blameCaller<TResult>(what: string, run: () => Promise<TResult>): Promise<TResult> {
  const call = new Error(`${what} was called here`);
  const end = deepenStacks();
  try {
    return await run();
  } catch (error) {
    if (LightningError.isInstance(error) && !hasUserFrame(error)) showUserFirst(error, call);
    throw error;
  } finally {
    end();
  }
}
