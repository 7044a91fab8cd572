import { describeValue, isCount, MisconfigurationError } from "@lightning-ts/core";
import type { LoadedTree, LoadedValue, Messages } from "@lightning-ts/fabric";
import type { StageData } from "../data/stage-data.js";
import { resumePosition, type Cursor, type Position } from "../words/cursor.js";
import { plainParticipant, type Participant } from "./participant.js";
import { isLoadedTree, readCursor } from "./codecs/checkpoint-tree.js";

const KEY = ["loops", "fit_loop"];

/** A position that can be set. */
export interface FitPosition extends Position {
  /** -1 for no limit. */
  readonly maxEpochs: number;
  restore(cursor: Cursor): void;
}

/** Where the fit stands. */
export function fitPosition(position: FitPosition): Participant {
  return plainParticipant({
    key: KEY,
    state() {
      return { version: 1, cursor: { ...position.cursor } };
    },
    restore(state, { path, entries }) {
      const { version, cursor: stored } = requireFitLoop(state, path);
      const cursor = resumePosition(readCursor(stored));
      // A file of Python's says nothing of ours.
      if (version !== 1 && entries.includes("lightning-ts_version")) throw unreadable(path, "version", "1", version);
      if (position.maxEpochs !== -1 && cursor.epoch > position.maxEpochs) {
        throw new MisconfigurationError({
          code: "LIT_RESUME",
          message: `${path} was written after epoch ${cursor.epoch}, but maxEpochs is ${position.maxEpochs}.`,
          tryThis: "a larger maxEpochs.",
        });
      }
      position.restore(
        cursor.phase === "inBatch" ? { ...cursor, batch: cursor.batch + 1, phase: "betweenBatches" } : cursor,
      );
    },
  });
}

/** The training loaders of a fit, with what its messages are about. */
export interface TrainingLoaders {
  readonly trainData: StageData;
  readonly loaderState: (() => unknown[]) | undefined;
  readonly state: Position;
  readonly messages: Messages;
  /** Gets what a run that goes on should hear besides what differs. */
  readonly notes: string[];
}

/** The training loaders; to be restored once they are there. @param fit undefined where nothing trains */
export function loaderStates(fit: TrainingLoaders | undefined): Participant {
  return plainParticipant({
    key: KEY,
    state() {
      const shares = fit?.trainData.shares.map((share) => share && { ...share }) ?? null;
      return { loaders: fit?.loaderState?.() ?? null, batches: batchesPerEpoch(fit), shares };
    },
    restore(state, { path, entries }) {
      if (fit === undefined) return;
      const { loaders, batches, shares } = requireFitLoop(state, path);
      // A file of Python's has none, and its batches are read again.
      const isOwn = entries.includes("lightning-ts_version");
      if (!Array.isArray(loaders) && loaders !== null && isOwn)
        throw unreadable(path, "loaders", "a list of the training loaders' positions", loaders);
      if (batches !== null && !isCount(batches) && isOwn)
        throw unreadable(path, "batches", "how many there are in an epoch, or null", batches);
      requireSameSteps(fit, shares, path);
      if (Array.isArray(loaders)) fit.trainData.restore(loaders);
      noteOtherLength(fit, batches, path);
      const { batch } = fit.state.cursor;
      if (fit.trainData.canResume || batch === 0) return;
      fit.messages.warn(
        "not resumable",
        `The training loader cannot resume by itself: its first ${batch} batches are read again and dropped. A DataLoader skips them.`,
      );
    },
  });
}

/** null where nobody knows. */
function batchesPerEpoch(fit: TrainingLoaders | undefined): number | null {
  const count = fit?.trainData.totalCount;
  return count === undefined || !Number.isFinite(count) ? null : count;
}

/**
 * The order of an epoch depends on seed and epoch alone, and step k takes the k-th part of it, whatever the number of
 * ranks. So another number goes on in the middle of an epoch where steps take as many examples as before; otherwise
 * examples would be left out, or come twice.
 * @throws MisconfigurationError where they do not
 */
function requireSameSteps({ state, trainData }: TrainingLoaders, before: LoadedValue | undefined, path: string): void {
  const { batch, isLastBatch } = state.cursor;
  if (batch === 0 || isLastBatch || !Array.isArray(before)) return;
  for (const [index, now] of trainData.shares.entries()) {
    const { ranks, examples } = isLoadedTree(before[index]) ? before[index] : {};
    if (now === null || !isCount(ranks) || !isCount(examples)) continue;
    if (ranks === now.ranks || examples === now.examples) continue;
    throw new MisconfigurationError({
      code: "LIT_RESUME",
      message: `${path} was written in the middle of an epoch, after batch ${batch}, by another number of ranks.`,
      expected: `${ranks} rank(s), or a batchSize with which all ranks together take ${examples} examples in a step`,
      received: `${now.ranks} rank(s) that take ${now.examples}`,
      tryThis: "a checkpoint that was written at the end of an epoch, which goes on with any number of ranks.",
    });
  }
}

/** An epoch that goes on with more or fewer batches than it began with is another epoch. */
function noteOtherLength(
  { notes, state, trainData }: TrainingLoaders,
  before: LoadedValue | undefined,
  path: string,
): void {
  const { batch, isLastBatch } = state.cursor;
  const now = trainData.totalCount;
  if (batch === 0 || isLastBatch || typeof before !== "number" || before === now || !Number.isFinite(now)) return;
  const rest = batch < now ? `goes on with the ${now - batch} that are left of ${now}` : "ends at once";
  notes.push(
    `${path} was written after batch ${batch} of ${before}, but the training loader now has ${now} batches: the epoch ${rest}. To repeat what was interrupted, use the same dataset, batchSize and limitTrainBatches.`,
  );
}

function unreadable(
  path: string,
  field: string,
  expected: string,
  received: LoadedValue | undefined,
): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_CKPT_KEY",
    message: `${path} has no usable loops.fit_loop.${field}, so its run cannot be resumed.`,
    expected,
    received: describeValue(received),
    tryThis: "an earlier checkpoint.",
  });
}

function requireFitLoop(state: LoadedValue | undefined, path: string): LoadedTree {
  if (isLoadedTree(state)) return state;
  throw new MisconfigurationError({
    code: "LIT_CKPT_KEY",
    message: `${path} holds weights only, so training cannot be resumed from it.`,
    tryThis:
      "a checkpoint saved without weightsOnly, or model.loadCheckpoint(path) and a fit without ckptPath to start anew from its weights.",
  });
}
