import { HookError } from "../errors/hook-error.js";
import { InterruptionError } from "../loops/interruption-error.js";
import { ClosingStack } from "./closing-stack.js";
import { Interruptions } from "./interruptions.js";
import { openSession, tearDown, type TrainerParts } from "./open-session.js";
import type { RunRequest } from "./run-request.js";
import { runStage, type StageOutcome } from "./run-stage.js";
import type { Session } from "./session.js";

/** A run's end: what it gave, and whether it was interrupted. */
export interface RunOutcome extends StageOutcome {
  readonly status: "finished" | "interrupted";
}

/** Opens a session, runs a stage, and closes everything, whatever happens. */
export async function execute(parts: TrainerParts, request: RunRequest): Promise<RunOutcome> {
  const { state, connection, messages, plan } = parts;
  const closing = new ClosingStack();
  const interruptions = new Interruptions(connection.ports, state, messages, request.signal);
  closing.defer(() => interruptions[Symbol.dispose]());
  let session: Session | undefined;
  try {
    session = await openSession(parts, request, closing);
    parts.trainer.attachSession(session);
    const outcome = await stopAtOnce(runStage(parts, session, request), interruptions, state.describePosition());
    await endWell(session);
    await closing.close();
    state.status = "finished";
    return { ...outcome, status: "finished" };
  } catch (error) {
    state.status = "interrupted";
    const failures = await endBadly(session, closing, error);
    if (failures.length > 0) throw new AggregateError([error, ...failures], `The run failed, and so did closing it: ${failures.map(String).join("; ")}`, { cause: error });
    if (error instanceof InterruptionError && plan.onInterrupt === "return") return { status: "interrupted", reason: state.interruption ?? "", metrics: [], predictions: [] };
    throw error;
  } finally {
    state.stage = undefined;
    state.runningStage = undefined;
  }
}

function stopAtOnce<TResult>(running: Promise<TResult>, interruptions: Interruptions, position: string): Promise<TResult> {
  const stop = interruptions.atOnce.then((reason): never => {
    throw new InterruptionError(reason, position);
  });
  return Promise.race([running, stop]);
}

async function endWell(session: Session): Promise<void> {
  const { hooks, logging, stage } = session;
  if (stage === "fit" && hooks.table.onFitEnd.length > 0) await hooks.run("onFitEnd");
  await tearDown(session, undefined);
  await logging.loggers.finalize("success");
}

/** `onException`, `teardown` with the error, and the rest of closing. @returns what went wrong on the way */
async function endBadly(session: Session | undefined, closing: ClosingStack, error: unknown): Promise<unknown[]> {
  const failures: unknown[] = [];
  const attempt = async (step: () => void | Promise<void>) => {
    try {
      await step();
    } catch (failure) {
      failures.push(failure);
    }
  };
  if (session !== undefined) {
    const { hooks, datamodule, logging } = session;
    if (hooks.table.onException.length > 0) await attempt(() => hooks.run("onException", unwrapped(error)));
    if (datamodule !== undefined) await attempt(() => datamodule.onException(unwrapped(error)));
    await attempt(() => tearDown(session, unwrapped(error)));
    await attempt(() => logging.loggers.finalize("failed"));
  }
  await attempt(() => closing.close());
  return failures;
}

/** What the user's own code threw. */
function unwrapped(error: unknown): unknown {
  return error instanceof HookError ? error.cause : error;
}
