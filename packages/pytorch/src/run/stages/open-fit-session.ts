import { rememberForRollback } from "@lightning-ts/core";
import { StageData } from "../../data/stage-data.js";
import type { ResolvedOptimizers } from "../../words/scheduler-config.js";
import { canValidate, planValidation } from "../loops/validation-in-fit.js";
import { OptimizerStepper } from "../optimization/optimizer-stepper.js";
import { SchedulerStepper } from "../optimization/step-schedulers.js";
import type { FitSession } from "../session/fit-session.js";
import type { Session } from "../session/session.js";

/** Adds to a session what training needs. The training data are not loaded yet. */
export function openFitSession(session: Session, optimizers: ResolvedOptimizers): FitSession {
  const stepper = new OptimizerStepper(session, optimizers.optimizers);
  let validationLoadedAt = Number.NEGATIVE_INFINITY;
  const fit: FitSession = {
    ...session,
    optimizers,
    setup: undefined,
    notes: [],
    stepper,
    schedulers: new SchedulerStepper(session, optimizers.schedulers),
    trainData: emptyData(session),
    loadedValidation: undefined,
    validation: undefined,
    lastValidationMs: session.ports.clock.now(),
    trainLoadedAt: -1,
    loaderState: undefined,
    *validationData() {
      const every = session.plan.reloadDataloadersEveryNEpochs;
      const { epoch } = session.state.cursor;
      if (fit.loadedValidation === undefined || (every > 0 && epoch - validationLoadedAt >= every)) {
        fit.loadedValidation = yield* session.sources.load("validate");
        session.state.loaded = { ...session.state.loaded, validate: fit.loadedValidation };
        // As in Lightning, a load for the sanity check is none of an epoch's unless each epoch validates.
        const isForCheck = session.state.runningStage === "sanityCheck";
        if (!isForCheck || session.plan.checkValEveryNEpoch === 1) validationLoadedAt = epoch;
      }
      return fit.loadedValidation;
    },
    *loadTrainData() {
      fit.trainData = yield* session.sources.load("train");
      fit.trainLoadedAt = session.state.cursor.epoch;
      fit.validation = canValidate(session) ? planValidation(session.plan, fit.trainData, true) : undefined;
      fit.loaderState = () => fit.trainData.state();
      session.state.numTrainingBatches = fit.trainData.totalCount;
    },
    openEpoch() {
      const fetcher = fit.trainData.openTraining(session.state.cursor.batch);
      fit.loaderState = () => fit.trainData.state();
      fetcher.onBeforeLookAhead = () => {
        const state = fit.trainData.state();
        fit.loaderState = () => state;
      };
      return fetcher;
    },
    rememberLoaders() {
      const snapshot = () => {
        const state = fit.loaderState?.() ?? [];
        return () => {
          fit.loaderState = () => state;
        };
      };
      rememberForRollback(fit, snapshot, { belongsTo: "next" });
    },
  };
  return fit;
}

function emptyData(session: Session): StageData {
  return new StageData([], {
    limit: session.plan.limits.train,
    limitOption: "limitTrainBatches",
    origin: "trainDataloader",
    isTraining: true,
    keepsLastBatch: false,
    keepsOrder: false,
    ranks: undefined,
    warn: () => undefined,
  });
}
