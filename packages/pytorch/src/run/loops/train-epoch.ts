import { tensorScope } from "@lightning-ts/core";
import type { SourceFetcher } from "../../data/batch-fetcher.js";
import type { FitSession } from "../session/fit-session.js";
import { InterruptionError } from "../../errors/interruption-error.js";
import { rollBackOnFailure } from "../optimization/roll-back-on-failure.js";
import { mayStopNow } from "./stop-conditions.js";
import { runValidation, isValidationDue } from "./validation-in-fit.js";

/** Trains the batches of one epoch, from wherever the cursor stands in it. */
export async function trainBatches(session: FitSession): Promise<void> {
  const { state } = session;
  const fetcher = session.openEpoch();
  try {
    await finishBatch(session);
    while (!shouldLeave(session) && (await fetchNext(session, fetcher))) {
      if (!(await trainBatch(session, fetcher))) break;
      await finishBatch(session);
      if (state.interruption !== undefined) throw new InterruptionError(state.interruption, state.describePosition());
      const rest = session.breath.take();
      if (rest !== undefined) await rest;
    }
  } finally {
    await session.closeEpoch(fetcher);
  }
}

function fetchNext(session: FitSession, fetcher: SourceFetcher): Promise<boolean> {
  session.rememberLoaders();
  return fetcher.next();
}

function shouldLeave(session: FitSession): boolean {
  const { state } = session;
  if (state.cursor.isLastBatch && state.cursor.batch > 0) return true;
  if (state.maxSteps !== -1 && state.cursor.globalStep >= state.maxSteps) return true;
  return state.shouldStop && mayStopNow(session);
}

/** @returns false when the module left the epoch */
async function trainBatch(session: FitSession, fetcher: SourceFetcher): Promise<boolean> {
  const { hooks, logging, state, optimization, schedulers } = session;
  const { batchIdx, isLast } = fetcher;
  state.isLastBatch = isLast;
  state.move({ type: "batchBegins" });
  const scope = tensorScope({ name: "trainingStep" });
  let goesOn = true;
  try {
    const moving = session.transfer.move(fetcher.batch, 0);
    const batch = moving instanceof Promise ? await moving : moving;
    logging.connector.batch = batch;
    const isWindowEnd = isLast || (batchIdx + 1) % state.accumulateGradBatches === 0;
    if (batch === undefined || batch === null) {
      session.messages.warn("no batch", "The training loader gave an empty batch; it is skipped.");
    } else {
      if (hooks.table.onTrainBatchStart.length > 0) {
        const starting = hooks.run("onTrainBatchStart", batch, batchIdx);
        if (starting !== undefined) await starting;
        goesOn = hooks.moduleResult !== -1;
      }
      if (goesOn) {
        const running = rollBackOnFailure(session.backend, () => optimization.run(batch, batchIdx, isWindowEnd));
        if (running !== undefined) await running;
        scope.assertInnermost(`trainingStep of ${session.module.constructor.name}`);
      }
    }
    schedulers.afterBatch(batchIdx, isWindowEnd, { plateau: false });
    if (isLast || !goesOn) schedulers.afterEpoch({ plateau: false });
    if (!goesOn) {
      state.move({ type: "batchTrained", isWindowClosed: false, isLastBatch: true });
      state.move({ type: "batchDone" });
      return false;
    }
    state.move({ type: "batchTrained", isWindowClosed: isWindowEnd, isLastBatch: isLast });
    if (hooks.table.onTrainBatchEnd.length > 0) {
      const ending = hooks.run("onTrainBatchEnd", optimization.outputs, batch, batchIdx);
      if (ending !== undefined) await ending;
    }
    return true;
  } finally {
    scope.close();
    const submitted = session.backend.submit();
    if (submitted instanceof Promise) await submitted;
  }
}

/** What follows a trained batch: loggers, validation, schedulers that wait for it. Also where a resumed run goes on. */
async function finishBatch(session: FitSession): Promise<void> {
  const { state, logging, schedulers, plan } = session;
  const { phase, isWindowClosed, batch, isLastBatch } = state.cursor;
  if (phase !== "batchEnd" && phase !== "validated") return;
  if (phase === "batchEnd") {
    if (isWindowClosed && isLogDue(session)) logging.logTrainStep();
    if (isValidationDue(session, batch - 1, isLastBatch)) {
      await runValidation(session);
    }
  }
  schedulers.afterBatch(batch - 1, isWindowClosed, { plateau: true });
  state.move({ type: "batchDone" });
  if (state.shouldStop && plan.logEveryNSteps > 0) await logging.loggers.save();
}

function isLogDue({ plan, state }: FitSession): boolean {
  if (plan.logEveryNSteps === 0) return false;
  return (state.cursor.batchesThatStepped + 1) % plan.logEveryNSteps === 0 || state.shouldStop;
}
