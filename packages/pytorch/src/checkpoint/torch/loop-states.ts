import { MisconfigurationError } from "@lightning-ts/core";
import type { LoadedTree, LoadedValue } from "@lightning-ts/fabric";
import type { Cursor } from "../../words/cursor.js";
import { isLoadedTree } from "../codecs/checkpoint-tree.js";

interface Counts {
  readonly ready: number;
  readonly processed: number;
  readonly completed: number;
}

/**
 * Where a fit of Python's Lightning stood, from the counters of its loops. Lightning writes a checkpoint at the last
 * hook of a batch, in a validation, at the last hook of an epoch, or after the fit.
 * @throws MisconfigurationError where the counters are missing
 */
export function cursorOfLoops(loops: LoadedValue | undefined, globalStep: number, path: string): Cursor {
  const fit = treeIn(loops, "fit_loop");
  const batches = treeIn(fit, "epoch_loop.batch_progress");
  const [epochs, allBatches, batch] = [
    countsIn(treeIn(treeIn(fit, "epoch_progress"), "current")),
    countsIn(treeIn(batches, "total")),
    countsIn(treeIn(batches, "current")),
  ];
  const stepped = treeIn(fit, "epoch_loop.state_dict")?.["_batches_that_stepped"];
  if (epochs === undefined || allBatches === undefined || batch === undefined)
    throw new MisconfigurationError({
      code: "LIT_CKPT_KEY",
      message: `${path} does not say where its run stood.`,
      expected: "the counters of a fit, as Lightning 1.9 and later write them",
      tryThis: "model.loadCheckpoint(path), and a fit without ckptPath to start anew from its weights.",
    });
  const isLastBatch = batches?.["is_last_batch"] === true;
  const phase = phaseOf(epochs, batch);
  const isInEpoch = phase !== "epochStart";
  return {
    epoch: epochs.completed,
    batch: isInEpoch ? batch.processed : 0,
    totalBatches: allBatches.ready,
    globalStep,
    batchesThatStepped: typeof stepped === "number" ? stepped : globalStep,
    phase,
    isWindowClosed: true,
    isLastBatch: isInEpoch && isLastBatch,
    cutAfter: null,
  };
}

function phaseOf(epochs: Counts, batch: Counts): Cursor["phase"] {
  if (epochs.ready === epochs.completed || batch.processed === 0) return "epochStart";
  if (epochs.processed > epochs.completed) return "epochEnd";
  return batch.processed > batch.completed ? "batchEnd" : "validated";
}

/** The counters that Lightning goes on from. @param version of the state that a loop of ours wrote */
export function loopsOfCursor(cursor: Cursor): LoadedTree {
  const { epoch, batch, totalBatches, globalStep, phase } = cursor;
  const begun = phase === "epochStart" ? epoch : epoch + 1;
  const processed = phase === "epochEnd" ? begun : epoch;
  const isAtBatchEnd = phase === "batchEnd" || phase === "inBatch";
  const epochs = { ready: begun, started: begun, processed, completed: epoch };
  const trained = phase === "inBatch" ? batch + 1 : batch;
  const before = isAtBatchEnd ? 1 : 0;
  const counts = (all: number) => ({ ready: all, started: all, processed: all, completed: all - before });
  const steps = { ready: globalStep, completed: globalStep };
  const zeroGrad = { ...steps, started: globalStep };
  return {
    fit_loop: {
      state_dict: {},
      "epoch_loop.state_dict": { _batches_that_stepped: cursor.batchesThatStepped },
      "epoch_loop.batch_progress": {
        total: counts(totalBatches),
        current: counts(trained),
        is_last_batch: cursor.isLastBatch,
      },
      "epoch_loop.scheduler_progress": { total: { ready: 0, completed: 0 }, current: { ready: 0, completed: 0 } },
      "epoch_loop.automatic_optimization.state_dict": {},
      "epoch_loop.automatic_optimization.optim_progress": {
        optimizer: { step: { total: steps, current: steps }, zero_grad: { total: zeroGrad, current: zeroGrad } },
      },
      "epoch_loop.manual_optimization.state_dict": {},
      "epoch_loop.manual_optimization.optim_step_progress": { total: steps, current: steps },
      "epoch_loop.val_loop.state_dict": {},
      "epoch_loop.val_loop.batch_progress": { ...emptyProgress(), is_last_batch: false },
      epoch_progress: { total: epochs, current: epochs },
    },
  };
}

function emptyProgress(): LoadedTree {
  const none = { ready: 0, started: 0, processed: 0, completed: 0 };
  return { total: none, current: none };
}

function treeIn(value: LoadedValue | undefined, key: string): LoadedTree | undefined {
  const found = isLoadedTree(value) ? value[key] : undefined;
  return isLoadedTree(found) ? found : undefined;
}

function countsIn(value: LoadedTree | undefined): Counts | undefined {
  const [ready, processed, completed] = [value?.["ready"], value?.["processed"], value?.["completed"]];
  return isCount(ready) && isCount(processed) && isCount(completed) ? { ready, processed, completed } : undefined;
}

function isCount(value: LoadedValue | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
