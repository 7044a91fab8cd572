import { LightningError, mapTree, showUserFirst } from "@lightning-ts/core";
import { Tensor } from "@tensorflow/tfjs-core";
import { HookError } from "../errors/hook-error.js";
import { RunError } from "../errors/run-error.js";
import { InterruptionError } from "../errors/interruption-error.js";
import { wait, type Steps } from "../door/steps.js";
import { ClosingStack } from "./closing-stack.js";
import type { FitState } from "../run/state/fit-state.js";
import { hearStrayFailures } from "./stray-failures.js";
import { exitCodeOf, Interruptions } from "./interruptions.js";
import type { TrainerParts } from "../run/session/owned-parts.js";
import { compileHooks } from "../run/hooks/compile-hooks.js";
import { Hooks } from "../run/hooks/hooks.js";
import { tearDown } from "../run/stages/set-up.js";
import { openSession } from "./open-session.js";
import type { RunRequest } from "../run/stages/run-request.js";
import { runStage, type StageOutcome } from "../run/stages/run-stage.js";
import { REQUEUED } from "../run/loops/requeue-job.js";
import type { Session } from "../run/session/session.js";

/** A run's end: what it gave, and whether it was interrupted. */
export interface RunOutcome extends StageOutcome {
  readonly status: "finished" | "interrupted";
}

/** A run that is about to begin: what its call said, and what its module adds before anything is opened. */
export interface RunToExecute extends Pick<RunRequest, "stage" | "module" | "datamodule" | "signal"> {
  prepare(): Steps<RunRequest>;
}

/** Opens a session, runs a stage, and closes everything, whatever happens. */
export async function execute(parts: TrainerParts, run: RunToExecute): Promise<RunOutcome> {
  const { state, connection, messages } = parts;
  const closing = new ClosingStack();
  const interruptions = new Interruptions(connection, state, messages, run.signal);
  closing.defer(() => interruptions[Symbol.dispose]());
  closing.defer(hearStrayFailures(parts));
  const ending = { isTornDown: false };
  let session: Session | undefined;
  let predictions: unknown;
  try {
    if (state.interruption !== undefined) throw new InterruptionError(state.interruption, state.describePosition());
    const request = await parts.driver.run(run.prepare());
    state.isSettingUp = connection.strategy.worldSize === 1;
    session = await stopAtOnce(parts.driver.run(openSession(parts, request, closing)), interruptions, state);
    parts.current.session = session;
    const outcome = await stopAtOnce(parts.driver.run(runStage(parts, session, request)), interruptions, state);
    ({ predictions } = outcome);
    await session.backend.synchronize();
    await requireNothingStray(parts);
    await stopAtOnce(parts.driver.run(endWell(session, ending)), interruptions, state);
    await closing.close();
    if (exitCodeOf(state.interruption) !== undefined) return leave(parts, undefined);
    state.status = "finished";
    return { ...outcome, status: "finished" };
  } catch (thrown) {
    // Nobody will get them any more.
    disposeAll(predictions);
    state.status = "interrupted";
    state.isSettingUp = false;
    const error =
      LightningError.isInstance(thrown) || session === undefined
        ? thrown
        : new RunError({ position: state.describePosition(), cause: thrown });
    // All ranks are interrupted together, unless it has to be at once; every other failure may be this rank's alone.
    if (!(error instanceof InterruptionError) || state.stopsAtOnce) connection.strategy.abandon(error);
    const failures = await endBadly({ parts, run, session, closing, ending, interruptions }, error);
    if (failures.length > 0) throw withFailures(error, failures);
    if (error instanceof InterruptionError) return leave(parts, error);
    throw error;
  } finally {
    state.stage = undefined;
    state.runningStage = undefined;
  }
}

function disposeAll(predictions: unknown): void {
  mapTree(predictions, (leaf) => (leaf instanceof Tensor ? leaf.dispose() : undefined));
}

/**
 * Ends a run that was interrupted, after it was closed, as `onInterrupt` says. A signal gives the process its exit code
 * and keeps the Trainer from running again: a program that was to be stopped does not go on with half a model.
 */
function leave(parts: TrainerParts, error: InterruptionError | undefined): RunOutcome {
  const { connection, messages, plan, state } = parts;
  state.status = "interrupted";
  const reason = state.interruption ?? "";
  const exitCode = exitCodeOf(state.interruption);
  if (exitCode !== undefined) {
    const { processes } = connection.ports;
    messages.info(`The run was interrupted (${reason}) at ${state.describePosition()}; the exit code is ${exitCode}.`);
    processes?.setExitCode(exitCode);
    if (plan.onInterrupt === "exit") processes?.exit(exitCode);
    parts.refuse(reason);
  }
  if (plan.onInterrupt === "throw") throw error ?? new InterruptionError(reason, state.describePosition());
  return { status: "interrupted", reason, metrics: [], predictions: [] };
}

/** What the last steps started may only now be known to have failed. */
async function requireNothingStray({ connection, state }: TrainerParts): Promise<void> {
  if (connection.ports.processes !== undefined) await connection.ports.clock.yieldToEventLoop();
  if (state.strayFailure !== undefined) throw state.strayFailure;
}

function stopAtOnce<TResult>(
  running: TResult | Promise<TResult>,
  interruptions: Interruptions,
  state: FitState,
): Promise<TResult> {
  const stop = interruptions.atOnce.then((reason): never => {
    throw new InterruptionError(reason, state.describePosition());
  });
  return Promise.race([running, stop]);
}

/** What is known of a run that failed. */
interface FailedRun {
  readonly parts: TrainerParts;
  readonly run: RunToExecute;
  /** Undefined where it failed before anything was open. */
  readonly session: Session | undefined;
  readonly closing: ClosingStack;
  readonly ending: Ending;
  readonly interruptions: Interruptions;
}

/** How far the end of a run has come. */
interface Ending {
  isTornDown: boolean;
}

function* endWell(session: Session, ending: Ending): Steps<void> {
  const { hooks, logging, stage } = session;
  if (stage === "fit") yield* hooks.run("onFitEnd");
  ending.isTornDown = true;
  yield* tearDown(session, undefined);
  yield* wait(logging.loggers.finalize("success"));
}

/**
 * `onException`, `teardown` with the error, and the rest of closing. When it has to end at once, nothing is waited for
 * that is the user's, and no hook is called that might save.
 * @returns what went wrong on the way
 */
async function endBadly(failed: FailedRun, error: unknown): Promise<unknown[]> {
  const { parts, run, session, closing, ending, interruptions } = failed;
  const { door, driver, state, trainer } = parts;
  const failures: unknown[] = [];
  const atOnce = interruptions.atOnce.then(() => (state.stopsAtOnce ? undefined : new Promise(() => undefined)));
  async function attempt(steps: Steps<unknown>): Promise<void> {
    try {
      const running = Promise.resolve(driver.run(steps));
      await Promise.race([running, atOnce]);
    } catch (failure) {
      failures.push(failure);
    }
  }
  if (session !== undefined) {
    if (!state.stopsAtOnce) await attempt(settle(session));
    session.logging.published.dropFailed();
  }
  const hooks = session?.hooks ?? new Hooks(compileHooks(trainer.callbacks, run.module, trainer), door);
  if (!state.stopsAtOnce) {
    await attempt(hooks.run("onException", unwrapped(error)));
    if (run.datamodule !== undefined) await attempt(door.call(run.datamodule, "onException", unwrapped(error)));
  }
  if (session !== undefined) {
    const { logging } = session;
    if (!ending.isTornDown) await attempt(tearDown(session, unwrapped(error)));
    await attempt(wait(logging.loggers.finalize(state.interruption === REQUEUED ? "finished" : "failed")));
  }
  await attempt(wait(closing.close()));
  return failures;
}

/** Waits for what the device still computes, so that no later run hears of its failures. */
function* settle({ backend }: Session): Steps<void> {
  try {
    yield* wait(backend.synchronize());
  } catch {
    // The run has failed already, and this is the same failure or a consequence of it.
  }
}

/** What the user's own code, or the device, threw. */
function unwrapped(error: unknown): unknown {
  return error instanceof HookError || error instanceof RunError ? error.cause : error;
}

function withFailures(error: unknown, failures: readonly unknown[]): AggregateError {
  const message = `The run failed, and so did closing it: ${failures.map(String).join("; ")}`;
  const all = new AggregateError([error, ...failures], message, { cause: error });
  if (error instanceof Error) showUserFirst(all, error);
  return all;
}
