import type { Cursor } from "./cursor.js";

/**
 * How many batches or epochs have come to each of four points: `ready` before the first hook, `started` after it,
 * `processed` before the last hook, `completed` after it.
 */
export interface ProgressCounts {
  readonly ready: number;
  readonly started: number;
  readonly processed: number;
  readonly completed: number;
}

/** The counts of all epochs together, and, of batches, of the epoch that is under way. */
export interface Progress {
  readonly total: ProgressCounts;
  readonly current: ProgressCounts;
}

type Counts = { -readonly [TKey in keyof ProgressCounts]: number };

/** Counts; only loops write it. */
export class LoopProgress implements Progress {
  readonly total = same(0);
  readonly current = same(0);

  reach(point: keyof ProgressCounts): void {
    this.total[point] += 1;
    this.current[point] += 1;
  }

  /** An epoch begins. */
  begin(): void {
    Object.assign(this.current, same(0));
  }

  /** What was counted of other epochs is forgotten. */
  forgetTotal(): void {
    Object.assign(this.total, same(0));
  }

  /** Takes counts of a position. */
  stand(total: ProgressCounts, current: ProgressCounts): void {
    Object.assign(this.total, total);
    Object.assign(this.current, current);
  }

  copy(): LoopProgress {
    const copy = new LoopProgress();
    copy.stand(this.total, this.current);
    return copy;
  }
}

/** The progress of every loop of a Trainer. */
export interface LoopsProgress {
  readonly epoch: LoopProgress;
  readonly batch: LoopProgress;
  /** The validations inside a fit. */
  readonly fitValidate: LoopProgress;
  readonly validate: LoopProgress;
  readonly test: LoopProgress;
  readonly predict: LoopProgress;
}

export function emptyProgress(): LoopsProgress {
  const [epoch, batch, fitValidate] = [new LoopProgress(), new LoopProgress(), new LoopProgress()];
  const [validate, test, predict] = [new LoopProgress(), new LoopProgress(), new LoopProgress()];
  return { epoch, batch, fitValidate, validate, test, predict };
}

export function copyProgress({ epoch, batch, fitValidate, validate, test, predict }: LoopsProgress): LoopsProgress {
  const [ofFit, ofBatches, ofValidations] = [epoch.copy(), batch.copy(), fitValidate.copy()];
  const evaluations = { validate: validate.copy(), test: test.copy(), predict: predict.copy() };
  return { epoch: ofFit, batch: ofBatches, fitValidate: ofValidations, ...evaluations };
}

/** Puts the counts of training where a fit stands that begins or goes on there. */
export function standAt({ epoch, batch }: LoopsProgress, cursor: Cursor): void {
  const begun = cursor.phase === "epochStart" ? cursor.epoch : cursor.epoch + 1;
  const processed = cursor.phase === "epochEnd" ? begun : cursor.epoch;
  const epochs: Counts = { ready: begun, started: begun, processed, completed: cursor.epoch };
  epoch.stand(epochs, epochs);
  batch.stand(same(cursor.totalBatches), same(cursor.batch));
}

function same(count: number): Counts {
  return { ready: count, started: count, processed: count, completed: count };
}
