import type { BatchFetcher } from "../../data/batch-fetcher.js";
import { wait, type Steps } from "../../door/steps.js";
import { InterruptionError } from "../../errors/interruption-error.js";
import { requeueIfAsked } from "./requeue-job.js";
import type { Session } from "../session/session.js";

/** What becomes of a batch: it is trained, it is skipped, or the rest of the epoch is left out with it. */
export type BatchFate = "train" | "skip" | "leave";

/** From what keeps to what leaves: the last one that a rank wishes is that of all. */
const FATES = ["train", "skip", "leave"] as const satisfies readonly BatchFate[];

/**
 * At a safe point of training: a wish of one rank to stop becomes that of all. A wish that comes in while they agree
 * counts at the next safe point.
 */
export function* agreeOnStop({ connection: { strategy }, state }: Session): Steps<void> {
  if (strategy.worldSize === 1) return;
  const wish = state.shouldStop;
  const isAgreed = yield* wait(strategy.agree({ name: `stop at ${state.describePosition()}`, wish }));
  state.agreedStop = isAgreed;
  if (!isAgreed || wish) return;
  state.shouldStop = true;
  state.stopReason ??= "another rank asked to stop";
}

/**
 * Leaves the run where it was interrupted, on all ranks: none waits for one that left. What comes in while they agree
 * counts at the next safe point.
 * @throws InterruptionError, or the failure of something that a hook started and did not wait for
 */
export function* leaveIfInterrupted(session: Session): Steps<void> {
  const { strategy } = session.connection;
  const { state } = session;
  if (state.strayFailure === undefined) yield* requeueIfAsked(session);
  const { interruption, strayFailure } = state;
  if (strayFailure !== undefined) throw strayFailure;
  let isAgreed = interruption !== undefined;
  if (strategy.worldSize > 1) {
    const name = `interruption at ${state.describePosition()}`;
    isAgreed = yield* wait(strategy.agree({ name, wish: isAgreed }));
  }
  if (isAgreed) throw new InterruptionError(interruption ?? "another rank was interrupted", state.describePosition());
}

/** The same answer on all ranks to something that depends on a clock. */
export function* agreeOnTime(
  { connection: { strategy }, state }: Session,
  what: string,
  isDue: boolean,
): Steps<boolean> {
  if (strategy.worldSize === 1) return isDue;
  return yield* wait(strategy.agree({ name: `${what} at ${state.describePosition()}`, wish: isDue }));
}

/** What becomes of the batch on all ranks: gradients are averaged over those of all or of none. */
export function* agreeOnFate({ connection: { strategy }, state }: Session, wish: BatchFate): Steps<BatchFate> {
  if (strategy.worldSize === 1) return wish;
  const name = `fate of the batch at ${state.describePosition()}`;
  return FATES[yield* wait(strategy.reduce(FATES.indexOf(wish), "max", name))] ?? "leave";
}

/** Whether there is a batch on all ranks, and whether it is the last one on any. */
interface NextBatch {
  readonly isThere: boolean;
  readonly isLast: boolean;
}

/** Where a rank stands that has no more batches: behind all loaders. */
const BEHIND_ALL = Number.MAX_SAFE_INTEGER;

/**
 * Fetches the next batch on all ranks. Where the loader of one rank ends before those of the others, all leave it at
 * that batch: every step, validation and safe point needs all ranks.
 */
export function* nextBatch(session: Session, fetcher: BatchFetcher): Steps<NextBatch> {
  const { strategy } = session.connection;
  let isThere = yield* wait(fetcher.next());
  if (strategy.worldSize === 1) return { isThere, isLast: fetcher.isLast };
  for (;;) {
    const loader = isThere ? fetcher.dataloaderIdx : BEHIND_ALL;
    const isLast = isThere && fetcher.isLast ? 1 : 0;
    const name = `next batch after ${session.state.describePosition()}`;
    const [furthest = loader, leastNegated = -loader, anyLast = isLast] = yield* wait(
      strategy.reduce([loader, -loader, isLast], "max", name),
    );
    if (furthest === -leastNegated) return { isThere, isLast: anyLast === 1 };
    if (loader < furthest) isThere = yield* wait(fetcher.skipTo(furthest));
  }
}
