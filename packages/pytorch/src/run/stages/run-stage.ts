import type { LoadedTree } from "@lightning-ts/fabric";
import { findCheckpoint } from "./find-checkpoint.js";
import { restoreStates } from "../../checkpoint/participants.js";
import { evaluationLoop } from "../loops/evaluation-loop.js";
import { fitLoop } from "../loops/fit-loop.js";
import { predictLoop } from "../loops/predict-loop.js";
import { canValidate, sanityCheck, validatesThisEpoch } from "../loops/validation-in-fit.js";
import { resolveOptimizers } from "../optimization/resolve-optimizers.js";
import { adoptTfOptimizers } from "../optimization/tf-train-optimizer.js";
import { attachRuntime } from "../../contract/module-runtime.js";
import type { FitSession } from "../session/fit-session.js";
import type { TrainerParts } from "../session/owned-parts.js";
import { moduleRuntime } from "./runtime-of-session.js";
import type { RunRequest } from "./run-request.js";
import type { Session } from "../session/session.js";
import { logHyperparameters } from "./log-hyperparameters.js";
import { openFitSession } from "./open-fit-session.js";
import { participantsOf } from "./participants-of-run.js";
import { setUp } from "./set-up.js";

/** What a stage gives back: why a fit ended, an evaluation's dictionaries, or predictions. */
export interface StageOutcome {
  readonly reason: string;
  readonly metrics: Record<string, number>[];
  readonly predictions: unknown[][];
}

/** Runs one stage from `setup` to its last hook. The caller opens and closes. */
export async function runStage(parts: TrainerParts, session: Session, request: RunRequest): Promise<StageOutcome> {
  const { state, logging } = session;
  attachRuntime(session.module, moduleRuntime(session, undefined));
  await setUp(session);
  const checkpoint = await loadCheckpoint(parts, session, request);
  logging.published.clear();
  if (session.stage === "fit")
    return { reason: await runFit(parts, session, checkpoint), metrics: [], predictions: [] };
  await logHyperparameters(session);
  const data = await session.sources.load(session.stage);
  state.numEvaluationBatches = data.totalCount;
  state.runningStage = session.stage;
  if (session.stage === "predict")
    return { reason: "", metrics: [], predictions: await predictLoop(session, data, request.returnPredictions) };
  return {
    reason: "",
    metrics: await evaluationLoop(session, { kind: session.stage === "validate" ? "validation" : "test", data }),
    predictions: [],
  };
}

interface Loaded {
  readonly tree: LoadedTree;
  readonly path: string;
}

async function loadCheckpoint(
  { connection, messages, plan, trainer }: TrainerParts,
  session: Session,
  request: RunRequest,
): Promise<Loaded | undefined> {
  const path = await findCheckpoint({
    ckptPath: request.ckptPath,
    trainer,
    connection,
    messages,
    isFastDevRun: plan.fastDevRun > 0,
  });
  session.state.ckptPath = path;
  if (path === undefined) return undefined;
  const tree = await connection.strategy.loadCheckpoint(path);
  const { hooks } = session;
  if (hooks.table.onLoadCheckpoint.length > 0) await hooks.run("onLoadCheckpoint", tree);
  const { weights, model } = participantsOf(session, undefined);
  restoreStates([...weights, ...model], tree, path);
  return { tree, path };
}

async function runFit(parts: TrainerParts, session: Session, checkpoint: Loaded | undefined): Promise<string> {
  const { hooks, module, messages, plan, state } = session;
  const returned = await hooks.call(module.constructor.name, "configureOptimizers", () => module.configureOptimizers());
  const optimizers = resolveOptimizers(
    adoptTfOptimizers(returned, () => module.parameters()),
    { isAutomatic: module.automaticOptimization },
  );
  for (const warning of optimizers.warnings) messages.warn(warning, warning);
  const fit = openFitSession(session, optimizers);
  parts.current.fit = fit;
  attachRuntime(module, moduleRuntime(session, fit));
  await setUpStrategy(fit);
  if (hooks.table.onFitStart.length > 0) await hooks.run("onFitStart");
  await logHyperparameters(session);
  module.zeroGrad();
  // A fit that was interrupted or failed left its epoch half done; without a checkpoint that epoch begins again.
  state.move({ type: "fitBegins" });
  state.hasValidated = false;
  const { training, loaders, random } = participantsOf(session, fit);
  if (checkpoint !== undefined) restoreStates(training, checkpoint.tree, checkpoint.path);
  if (plan.numSanityValSteps > 0 && canValidate(fit) && state.cursor.phase === "epochStart") await sanityCheck(fit);
  await fit.loadTrainData();
  if (validatesThisEpoch(fit)) await fit.validationData();
  if (checkpoint !== undefined) restoreStates([...loaders, ...random], checkpoint.tree, checkpoint.path);
  const reason = await fitLoop(fit);
  messages.info(`Trainer.fit stopped: ${reason}.`);
  return reason;
}

async function setUpStrategy({ connection, module, optimizers }: FitSession): Promise<void> {
  const { strategy } = connection;
  strategy.setupModule(module);
  for (const optimizer of optimizers.optimizers) strategy.setupOptimizer(optimizer);
  await strategy.settle();
}
