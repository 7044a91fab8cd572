import { MisconfigurationError, randomState, restoreRandomState } from "@lightning-ts/core";
import type { StageData } from "../../data/stage-data.js";
import { LightningModule } from "../../contract/lightning-module.js";
import { isZeroLimit } from "../../words/batch-limit.js";
import type { Steps } from "../../door/steps.js";
import type { FitSession, ValidationSchedule } from "../session/fit-session.js";
import type { TrainerPlan } from "../../options/plan.js";
import type { Session } from "../session/session.js";
import { evaluationLoop } from "./evaluation-loop.js";
import { mayStopNow } from "./stop-conditions.js";

/** True when there is a validation step, data for it, and a limit above 0. */
export function canValidate(session: Session): boolean {
  const { module, plan, sources } = session;
  return (
    module.validationStep !== LightningModule.prototype.validationStep &&
    sources.has("validate") &&
    !isZeroLimit(plan.limits.validate)
  );
}

/** True when this fit validates, as far as is known: loaders that turned out to be empty bring nothing. */
export function hasValidationBatches({ validation, loadedValidation }: FitSession): boolean {
  return validation !== undefined && loadedValidation?.totalCount !== 0;
}

/** @throws MisconfigurationError for intervals that these data cannot have */
export function planValidation(plan: TrainerPlan, trainData: StageData, validates: boolean): ValidationSchedule {
  const { validationInterval: interval, checkValEveryNEpoch } = plan;
  const everyEpochs = checkValEveryNEpoch === false ? undefined : checkValEveryNEpoch;
  const batches = trainData.totalCount;
  if (interval.kind === "time") return { everyBatches: Number.POSITIVE_INFINITY, everyMs: interval.ms, everyEpochs };
  if (interval.kind === "batches") {
    if (validates && batches > 0 && everyEpochs !== undefined && interval.count > batches) {
      throw new MisconfigurationError({
        code: "LIT_VAL_CHECK_INTERVAL",
        message: `valCheckInterval ${interval.count} is more than the ${batches} training batches of an epoch.`,
        tryThis:
          "a smaller number, a fraction such as 0.5, or checkValEveryNEpoch: false to count batches across epochs.",
      });
    }
    return { everyBatches: interval.count, everyMs: undefined, everyEpochs };
  }
  const isLengthKnown = Number.isFinite(trainData.lengths[0] ?? 0);
  if (isLengthKnown || (Number.isFinite(batches) && interval.fraction !== 1))
    return { everyBatches: Math.max(1, Math.floor(batches * interval.fraction)), everyMs: undefined, everyEpochs };
  if (interval.fraction !== 1) {
    throw new MisconfigurationError({
      message: "valCheckInterval is a fraction of an epoch, but the length of the training loader is unknown.",
      tryThis: "a whole number of batches.",
    });
  }
  return { everyBatches: Number.POSITIVE_INFINITY, everyMs: undefined, everyEpochs };
}

/** Whether validation runs after the batch that was just trained. Matches Lightning's `_should_check_val_fx`. */
export function isValidationDue(session: FitSession, batchIdx: number, isLastBatch: boolean): boolean {
  const { state, validation } = session;
  if (validation === undefined) return false;
  const { everyBatches, everyEpochs, everyMs } = validation;
  if (!validatesThisEpoch(session)) return false;
  if (isLastBatch && everyMs === undefined && everyBatches === Number.POSITIVE_INFINITY) return true;
  if (state.isStopping && mayStopNow(session)) return true;
  if (isLastBatch && everyMs === undefined && everyEpochs !== undefined && isOfOtherLength(session, batchIdx + 1))
    return true;
  if (everyMs !== undefined) return session.ports.clock.now() - session.lastValidationMs >= everyMs;
  const batches = everyEpochs === undefined ? state.cursor.totalBatches : batchIdx + 1;
  return batches % everyBatches === 0;
}

/**
 * Whether the epoch had not as many batches as its loader says, and the last of those would have been followed by a
 * validation: it gave fewer, or a run goes on that had more of them.
 */
function isOfOtherLength({ trainData, validation }: FitSession, batches: number): boolean {
  return batches !== trainData.totalCount && trainData.totalCount % (validation?.everyBatches ?? 1) === 0;
}

/** Whether the epoch that comes is one that validates, so that its data can be loaded in time. */
export function validatesThisEpoch({ state, validation, trainData }: FitSession): boolean {
  if (validation === undefined || trainData.totalCount === 0) return false;
  return validation.everyEpochs === undefined || (state.cursor.epoch + 1) % validation.everyEpochs === 0;
}

/** Validation in the middle of training. */
export function* runValidation(session: FitSession): Steps<void> {
  const { door, logging, module, state } = session;
  logging.published.publishStep(logging.training);
  state.runningStage = "validate";
  if (state.cursor.isWindowClosed) yield* door.call(module, "onValidationModelZeroGrad");
  yield* evaluationLoop(session, { kind: "validation", data: yield* session.validationData() });
  state.runningStage = "train";
  session.lastValidationMs = session.ports.clock.now();
  logging.goOnTraining();
}

/**
 * A few validation batches before training, so that mistakes in validation show at once. Leaves no trace in random
 * numbers and metrics.
 */
export function* sanityCheck(session: FitSession): Steps<void> {
  const { hooks, logging, plan, state } = session;
  state.runningStage = "sanityCheck";
  logging.published.clear();
  const random = randomState();
  try {
    yield* hooks.run("onSanityCheckStart");
    const data = yield* session.validationData();
    const mostBatches = plan.numSanityValSteps;
    yield* evaluationLoop(session, { kind: "validation", data, mostBatches, isSanityCheck: true });
    data.seen.fill(0);
    state.progress.fitValidate.begin();
    state.progress.fitValidate.forgetTotal();
    yield* hooks.run("onSanityCheckEnd");
  } finally {
    restoreRandomState(random);
  }
  logging.published.clear();
  state.runningStage = "train";
}
