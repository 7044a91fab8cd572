import type { CheckpointFormatError, LoadedTree } from "@lightning-ts/fabric";
import { countFit } from "../loops/job-checkpoints.js";
import { checkpointOfScript } from "./checkpoint-of-script.js";
import { findCheckpoint } from "./find-checkpoint.js";
import { RunJournal } from "../../checkpoint/run-journal.js";
import { findLost } from "../../checkpoint/inventory.js";
import { restoreStates } from "../../checkpoint/participants.js";
import { readCheckpoint } from "../../checkpoint/read-checkpoint.js";
import { agreeOnStop } from "../loops/agree.js";
import { evaluationLoop } from "../loops/evaluation-loop.js";
import { endEpoch, fitLoop } from "../loops/fit-loop.js";
import { predictLoop } from "../loops/predict-loop.js";
import { reasonToStop } from "../loops/stop-conditions.js";
import { canValidate, sanityCheck, validatesThisEpoch } from "../loops/validation-in-fit.js";
import type { CursorPhase } from "../../words/cursor.js";
import { resolveOptimizers } from "../optimization/resolve-optimizers.js";
import { adoptTfOptimizers, settleTfOptimizers } from "../optimization/tf-train-optimizer.js";
import { attachCallback, attachRuntime } from "../../contract/module-runtime.js";
import { wait, type Steps } from "../../door/steps.js";
import type { FitSession } from "../session/fit-session.js";
import type { TrainerParts } from "../session/owned-parts.js";
import { moduleRuntime } from "./runtime-of-session.js";
import type { RunRequest } from "./run-request.js";
import type { Session } from "../session/session.js";
import { warnOfSummedSteps } from "../warnings/before-training.js";
import { requireOwnParameters } from "../warnings/own-parameters.js";
import { requireSynchronizedNorms } from "../warnings/synchronized-norms.js";
import { warnOfUnreadFields } from "../warnings/unread-fields.js";
import { warnOfUnseenModules } from "../warnings/unseen-modules.js";
import { logGraph } from "./log-graph.js";
import { logHyperparameters } from "./log-hyperparameters.js";
import { openResumption, tellChangedSetup, withoutOrders } from "./changed-setup.js";
import { describeSetup } from "./describe-setup.js";
import { openFitSession } from "./open-fit-session.js";
import { restoreTraining } from "./options-of-code.js";
import { participantsOf } from "./participants-of-run.js";
import { resumeRun } from "./resume-run.js";
import { requireGoingOn, setUp } from "./set-up.js";
import { sayPlaces } from "./say-places.js";
import { synchronizeNorms } from "./synchronize-norms.js";
import { isTrial } from "../../words/trials.js";

/** What a stage gives back: why a fit ended, an evaluation's dictionaries, or predictions. */
export interface StageOutcome {
  readonly reason: string;
  readonly metrics: Record<string, number>[];
  readonly predictions: unknown[][];
}

/** Runs one stage from `setup` to its last hook. The caller opens and closes. */
export function* runStage(parts: TrainerParts, session: Session, request: RunRequest): Steps<StageOutcome> {
  const { state, logging } = session;
  attach(session, undefined);
  state.ckptPath = request.ckptPath;
  yield* setUp(session);
  state.isSettingUp = false;
  requireGoingOn(session);
  const checkpoint = yield* loadCheckpoint(parts, session, request);
  session.connection.precision.convertModule(session.module);
  logging.published.clear();
  if (session.stage === "fit") {
    const putBack = session.plan.syncBatchnorm ? synchronizeNorms(session.module) : () => {};
    try {
      return { reason: yield* runFit(parts, session, checkpoint, request.optionsFrom), metrics: [], predictions: [] };
    } finally {
      putBack();
    }
  }
  yield* logHyperparameters(session);
  yield* logGraph(session);
  session.module.zeroGrad();
  const data = yield* session.sources.load(session.stage);
  state.numEvaluationBatches = data.totalCount;
  state.loaded = { ...state.loaded, [session.stage]: data };
  state.runningStage = session.stage;
  if (session.stage === "predict")
    return { reason: "", metrics: [], predictions: yield* predictLoop(session, data, request.returnPredictions) };
  return {
    reason: "",
    metrics: yield* evaluationLoop(session, { kind: session.stage === "validate" ? "validation" : "test", data }),
    predictions: [],
  };
}

function attach(session: Session, fit: FitSession | undefined): void {
  const runtime = moduleRuntime(session, fit);
  attachRuntime(session.module, runtime);
  for (const callback of session.trainer.callbacks) attachCallback(callback, runtime);
}

interface Loaded {
  readonly tree: LoadedTree;
  readonly path: string;
  /** Something is not there that was, and nobody who is restored has said so. */
  readonly lost: CheckpointFormatError | undefined;
}

function* loadCheckpoint(
  { connection, messages, plan, trainer }: TrainerParts,
  session: Session,
  request: RunRequest,
): Steps<Loaded | undefined> {
  const isStartedAgain = connection.environment.requeue !== undefined || RunJournal.of(connection.ports) !== undefined;
  if (session.stage === "fit" && isStartedAgain) session.state.fitOfProcess = yield* wait(countFit(connection.ports));
  const { fitOfProcess: fit } = session.state;
  const { ckptPath } = request;
  const find = { fit, ckptPath, trainer, connection, messages, isFastDevRun: plan.fastDevRun > 0 };
  const ofScript = session.stage === "fit" ? yield* wait(checkpointOfScript(find)) : undefined;
  const path = ofScript ?? (yield* wait(findCheckpoint(find)));
  session.state.ckptPath = path;
  if (path === undefined) return undefined;
  const { ports, strategy } = connection;
  const tree = yield* wait(readCheckpoint(path, ports.files, () => strategy.loadCheckpoint(path)));
  const lost = session.stage === "fit" ? findLost(tree, path) : undefined;
  if (session.stage === "fit") yield* wait(resumeRun(session, tree, { path, isOfThisScript: ofScript !== undefined }));
  yield* restoreUsers(session, tree, path);
  return { tree, path, lost };
}

/** The module, the data module and the callbacks, each after its hook. Files of weights hold nothing of callbacks. */
function* restoreUsers(session: Session, tree: LoadedTree, path: string): Steps<void> {
  const { door, hooks, module } = session;
  const { weights, data, callbacks } = participantsOf(session, undefined);
  yield* door.call(module, "onLoadCheckpoint", tree);
  yield* restoreStates([...weights, ...data], tree, path);
  if (tree["callbacks"] === undefined) return;
  yield* hooks.run("onLoadCheckpoint", tree);
  yield* restoreStates(callbacks, tree, path);
}

function* runFit(
  parts: TrainerParts,
  session: Session,
  checkpoint: Loaded | undefined,
  optionsFrom: RunRequest["optionsFrom"],
): Steps<string> {
  const { door, hooks, module, messages, plan, state } = session;
  const returned = yield* door.call(module, "configureOptimizers");
  const optimizers = resolveOptimizers(
    adoptTfOptimizers(returned, () => module.parameters()),
    { isAutomatic: module.automaticOptimization },
  );
  for (const warning of optimizers.warnings) messages.warn(warning, warning);
  requireOwnParameters(session, optimizers.optimizers);
  parts.ownOptimizers.add(optimizers.optimizers);
  warnOfUnseenModules(session);
  warnOfUnreadFields(session);
  const fit = openFitSession(session, optimizers);
  warnOfSummedSteps(fit);
  parts.current.fit = fit;
  attach(session, fit);
  yield* setUpStrategy(fit);
  yield* hooks.run("onFitStart");
  yield* logHyperparameters(session);
  yield* logGraph(session);
  module.zeroGrad();
  // A fit that was interrupted or failed left its epoch half done; without a checkpoint that epoch begins again.
  state.move({ type: "fitBegins" });
  state.beginFit();
  state.hasValidated = false;
  const { training, metrics, loaders, random } = participantsOf(session, fit);
  fit.setup = yield* describeSetup(fit);
  const resumed = checkpoint === undefined ? undefined : openResumption(fit.setup, checkpoint, optionsFrom);
  if (resumed !== undefined) yield* restoreTraining(fit, training, resumed);
  for (const optimizer of optimizers.optimizers) parts.connection.precision.convertOptimizer(optimizer);
  yield* wait(settleTfOptimizers(optimizers.optimizers));
  const goesOn = checkpoint !== undefined && (!isBetweenEpochs(state.cursor.phase) || state.maxSteps !== -1);
  if (plan.numSanityValSteps > 0 && canValidate(fit) && !goesOn) yield* sanityCheck(fit);
  if (checkpoint !== undefined) yield* restoreStates(metrics, checkpoint.tree, checkpoint.path);
  yield* fit.loadTrainData();
  if (state.cursor.phase === "epochEnd") yield* endEpoch(fit, { sends: false });
  yield* agreeOnStop(fit);
  if (reasonToStop(fit) === undefined && validatesThisEpoch(fit)) {
    state.runningStage = "validate";
    yield* fit.validationData();
    state.runningStage = "train";
  }
  if (resumed !== undefined) {
    yield* restoreStates([...loaders, ...random], withoutOrders(fit, resumed), resumed.path);
    if (checkpoint?.lost !== undefined) throw checkpoint.lost;
    tellChangedSetup(fit, resumed);
  }
  const reason = yield* fitLoop(fit);
  if (!isTrial(session.trainer)) messages.info(`Trainer.fit stopped: ${reason}.`);
  sayPlaces(session);
  return reason;
}

function isBetweenEpochs(phase: CursorPhase): boolean {
  return phase === "epochStart" || phase === "epochEnd";
}

function* setUpStrategy({ connection, module, optimizers }: FitSession): Steps<void> {
  const { strategy } = connection;
  strategy.setupModule(module);
  for (const optimizer of optimizers.optimizers) strategy.setupOptimizer(optimizer);
  yield* wait(strategy.settle());
  requireSynchronizedNorms(module, strategy);
}
