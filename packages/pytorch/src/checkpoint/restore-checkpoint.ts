import { MisconfigurationError, restoreRandomState, setGrad, tf } from "@lightning-ts/core";
import type { LoadedTree, LoadedValue } from "@lightning-ts/fabric";
import { TensorBuffer } from "@tensorflow/tfjs-core";
import { isLoadedTree, readCursor, weightsOf } from "./codecs/checkpoint-tree.js";
import { resumePosition } from "../words/cursor.js";
import type { FitSession } from "../run/session/fit-session.js";
import type { Session } from "../run/session/session.js";

/** Before the optimizers are made: weights, data module, callbacks. */
export async function restoreModel(session: Session, checkpoint: LoadedTree, path: string): Promise<void> {
  const { module, datamodule, hooks, messages, trainer } = session;
  if (hooks.table.onLoadCheckpoint.length > 0) await hooks.run("onLoadCheckpoint", checkpoint);
  const { missingKeys, unexpectedKeys } = module.loadStateDict(weightsOf(checkpoint, path), {
    strict: module.strictLoading,
  });
  if (missingKeys.length + unexpectedKeys.length > 0)
    messages.warn(
      "keys",
      `${path}: missing ${missingKeys.join(", ") || "none"}; unexpected ${unexpectedKeys.join(", ") || "none"}.`,
    );
  const dataState = datamodule === undefined ? undefined : checkpoint[datamodule.constructor.name];
  if (datamodule !== undefined && isLoadedTree(dataState)) datamodule.loadStateDict(dataState);
  const states = checkpoint["callbacks"];
  if (!isLoadedTree(states)) return;
  const known = new Set(trainer.callbacks.map((callback) => callback.stateKey));
  const unknown = Object.keys(states).filter((key) => !known.has(key));
  if (unknown.length > 0)
    messages.warn(
      "callbacks",
      `${path} holds states of callbacks that this Trainer does not have: ${unknown.join(", ")}.`,
    );
  for (const callback of trainer.callbacks) {
    const state = states[callback.stateKey];
    if (isLoadedTree(state)) callback.loadStateDict(state);
  }
}

/** After `onFitStart`: everything else that training goes on from, except loaders and random numbers. */
export function restoreProgress(fit: FitSession, checkpoint: LoadedTree, path: string): void {
  const { connection, logging, state } = fit;
  const precision = checkpoint[connection.precision.stateKey];
  if (isLoadedTree(precision)) Reflect.apply(connection.precision.restore, connection.precision, [precision]);
  const loop = fitLoopOf(checkpoint, path);
  const cursor = resumePosition(readCursor(loop["cursor"]));
  if (state.maxEpochs !== -1 && cursor.epoch > state.maxEpochs) {
    throw new MisconfigurationError({
      code: "LIT_RESUME",
      message: `${path} was written after epoch ${cursor.epoch}, but maxEpochs is ${state.maxEpochs}.`,
      tryThis: "a larger maxEpochs.",
    });
  }
  state.restore(cursor.phase === "inBatch" ? { ...cursor, batch: cursor.batch + 1, phase: "betweenBatches" } : cursor);
  restoreList(fit.optimizers.optimizers, checkpoint["optimizer_states"], "optimizers", path);
  restoreList(
    fit.optimizers.schedulers.map(({ scheduler }) => scheduler),
    checkpoint["lr_schedulers"],
    "schedulers",
    path,
  );
  restoreMetrics(logging, checkpoint["metrics"]);
  restoreGradients(fit, checkpoint["gradients"]);
}

/** After the training loaders are there. */
export function restoreLoaders(fit: FitSession, checkpoint: LoadedTree, path: string): void {
  const { loaders: states, batches } = fitLoopOf(checkpoint, path);
  if (Array.isArray(states)) fit.trainData.restore(states);
  warnOfOtherLength(fit, batches, path);
  if (!fit.trainData.canResume && fit.state.cursor.batch > 0) {
    fit.messages.warn(
      "not resumable",
      `The training loader cannot resume by itself: its first ${fit.state.cursor.batch} batches are read again and dropped. A DataLoader skips them.`,
    );
  }
}

/** An epoch that goes on with more or fewer batches than it began with is another epoch. */
function warnOfOtherLength(
  { messages, state, trainData }: FitSession,
  before: LoadedValue | undefined,
  path: string,
): void {
  const { batch, isLastBatch } = state.cursor;
  const now = trainData.totalCount;
  if (batch === 0 || isLastBatch || typeof before !== "number" || before === now || !Number.isFinite(now)) return;
  const rest = batch < now ? `goes on with the ${now - batch} that are left of ${now}` : "ends at once";
  messages.warn(
    "other length",
    `${path} was written after batch ${batch} of ${before}, but the training loader now has ${now} batches: the epoch ${rest}. To repeat what was interrupted, use the same dataset, batchSize and limitTrainBatches.`,
  );
}

/** Last of all: nothing may draw between this and the next batch. */
export function restoreRandom(checkpoint: LoadedTree): void {
  const random = checkpoint["random_state"];
  if (isLoadedTree(random)) Reflect.apply(restoreRandomState, undefined, [random]);
}

function fitLoopOf(checkpoint: LoadedTree, path: string): LoadedTree {
  const loops = checkpoint["loops"];
  const loop = isLoadedTree(loops) ? loops["fit_loop"] : undefined;
  if (isLoadedTree(loop)) return loop;
  throw new MisconfigurationError({
    code: "LIT_CKPT_KEY",
    message: `${path} holds weights only, so training cannot be resumed from it.`,
    tryThis:
      "a checkpoint saved without weightsOnly, or model.loadCheckpoint(path) and a fit without ckptPath to start anew from its weights.",
  });
}

function restoreList(
  targets: readonly { loadStateDict(state: never): void }[],
  states: LoadedValue | undefined,
  what: string,
  path: string,
): void {
  const list = Array.isArray(states) ? states : [];
  if (list.length !== targets.length) {
    throw new MisconfigurationError({
      code: "LIT_RESUME",
      message: `${path} was written with other ${what}.`,
      expected: `${list.length} ${what}, as in the file`,
      received: `${targets.length} from configureOptimizers`,
    });
  }
  for (const [index, target] of targets.entries()) Reflect.apply(target.loadStateDict, target, [list[index]]);
}

function restoreMetrics(logging: Session["logging"], metrics: LoadedValue | undefined): void {
  if (!isLoadedTree(metrics)) return;
  if (Array.isArray(metrics["training"]))
    Reflect.apply(logging.training.restore, logging.training, [metrics["training"]]);
  const callback = metrics["callback"];
  if (!isLoadedTree(callback)) return;
  for (const [name, value] of Object.entries(callback))
    if (typeof value === "number") logging.published.callback.setNumber(name, value);
}

function restoreGradients({ module }: FitSession, gradients: LoadedValue | undefined): void {
  if (!isLoadedTree(gradients)) return;
  for (const [name, parameter] of module.namedParameters()) {
    const gradient = gradients[name];
    if (gradient instanceof TensorBuffer)
      setGrad(parameter, tf.tensor(gradient.values, gradient.shape, gradient.dtype));
  }
}
