import { rememberForRollback } from "@lightning-ts/core";
import type { SourceFetcher } from "../../data/batch-fetcher.js";
import { StageData } from "../../data/stage-data.js";
import { AutomaticOptimization } from "../optimization/automatic-optimization.js";
import { ManualOptimization } from "../optimization/manual-optimization.js";
import { OptimizerStepper } from "../optimization/optimizer-stepper.js";
import { SchedulerStepper } from "../optimization/step-schedulers.js";
import { canValidate, planValidation, type ValidationSchedule } from "../loops/validation-in-fit.js";
import type { ResolvedOptimizers } from "../optimization/resolve-optimizers.js";
import type { StepOutput } from "../../words/step-output.js";
import type { Session } from "./session.js";

/** What `AutomaticOptimization` and `ManualOptimization` have in common. */
interface Optimization {
  readonly outputs: StepOutput;
  run(batch: unknown, batchIdx: number, isWindowEnd: boolean): void | Promise<void>;
}

/** A session that trains: with optimizers, schedulers, and training data. */
export interface FitSession extends Session {
  readonly optimizers: ResolvedOptimizers;
  readonly stepper: OptimizerStepper;
  readonly schedulers: SchedulerStepper;
  readonly optimization: Optimization;
  trainData: StageData;
  loadedValidation: StageData | undefined;
  /** Undefined when there is no validation. */
  validation: ValidationSchedule | undefined;
  lastValidationMs: number;
  /** Epochs after which the loaders were last asked for. */
  trainLoadedAt: number;
  /** The training loaders' state before the look-ahead, or what a checkpoint brought. */
  loaderState: (() => unknown[]) | undefined;
  validationData(): Promise<StageData>;
  loadTrainData(): Promise<void>;
  openEpoch(): SourceFetcher;
  /** To be called before the next batch is fetched: should its step fail, a checkpoint begins with it. */
  rememberLoaders(): void;
  closeEpoch(fetcher: SourceFetcher): Promise<void>;
}

/** Adds to a session what training needs. The training data are not loaded yet. */
export function openFitSession(session: Session, optimizers: ResolvedOptimizers): FitSession {
  const stepper = new OptimizerStepper(session, optimizers.optimizers);
  let validationLoadedAt = 0;
  const fit: FitSession = {
    ...session,
    optimizers,
    stepper,
    schedulers: new SchedulerStepper(session, optimizers.schedulers),
    optimization: session.module.automaticOptimization
      ? new AutomaticOptimization(session, stepper)
      : new ManualOptimization(session),
    trainData: emptyData(session),
    loadedValidation: undefined,
    validation: undefined,
    lastValidationMs: session.ports.clock.now(),
    trainLoadedAt: -1,
    loaderState: undefined,
    async validationData() {
      const every = session.plan.reloadDataloadersEveryNEpochs;
      const { epoch } = session.state.cursor;
      if (fit.loadedValidation === undefined || (every > 0 && epoch - validationLoadedAt >= every)) {
        fit.loadedValidation = await session.sources.load("validate");
        validationLoadedAt = epoch;
      }
      return fit.loadedValidation;
    },
    async loadTrainData() {
      fit.trainData = await session.sources.load("train");
      fit.trainLoadedAt = session.state.cursor.epoch;
      fit.validation = canValidate(session) ? planValidation(session.plan, fit.trainData, true) : undefined;
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
    async closeEpoch(fetcher) {
      await fetcher.close();
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
    keepsOrder: false,
    ranks: undefined,
    warn: () => undefined,
  });
}
