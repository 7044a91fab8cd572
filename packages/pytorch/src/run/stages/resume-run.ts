import { MisconfigurationError } from "@lightning-ts/core";
import type { LoadedTree } from "@lightning-ts/fabric";
import { NamedCheckpoint } from "../../callbacks/named-checkpoint.js";
import { readRunOf } from "../../checkpoint/run-of-checkpoint.js";
import type { Session } from "../session/session.js";

/** A file that a run goes on from. */
interface Resumed {
  readonly path: string;
  /** Whether this script wrote it before it was started again: then nobody else is that run. */
  readonly isOfThisScript: boolean;
}

/**
 * Goes on as the run that wrote a checkpoint, unless another process is that run. Rank 0 finds out for all.
 * @throws RunIsAliveError
 */
export async function resumeRun(session: Session, tree: LoadedTree, resumed: Resumed): Promise<void> {
  const { connection, identity, ports, trainer } = session;
  const { strategy } = connection;
  const folder = ports.files.dirname(resumed.path);
  const writesThere = trainer.callbacks.some(
    (callback) => callback instanceof NamedCheckpoint && callback.dirpath === folder,
  );
  const resume = () =>
    resumed.isOfThisScript && !writesThere
      ? identity.resumeOfScript(readRunOf(tree), folder)
      : identity.resume(readRunOf(tree), folder, writesThere);
  if (strategy.worldSize === 1) return resume();
  const failure = strategy.isGlobalZero ? await failureOf(resume) : undefined;
  const said = await strategy.broadcast({ message: failure?.message ?? "" }, 0, "the run that is resumed");
  if (failure !== undefined) throw failure;
  if (said.message !== "") throw new MisconfigurationError({ code: "LIT_RESUME", message: `Rank 0: ${said.message}` });
}

async function failureOf(body: () => Promise<void>): Promise<Error | undefined> {
  try {
    await body();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
