import { MisconfigurationError, nearestName } from "@lightning-ts/core";
import type { ResolvedScheduler } from "../../words/scheduler-config.js";
import type { Steps } from "../../door/steps.js";
import type { Session } from "../session/session.js";

/**
 * Steps learning-rate schedulers when their time has come. Only in automatic optimization: in manual the module does
 * it.
 */
export class SchedulerStepper {
  schedulers: readonly ResolvedScheduler[];
  readonly #session: Session;

  constructor(session: Session, schedulers: readonly ResolvedScheduler[]) {
    this.#session = session;
    this.schedulers = schedulers;
  }

  /** After a batch: `step` schedulers when its window closed, `batch` schedulers always. */
  *afterBatch(batchIdx: number, isWindowClosed: boolean, which: { readonly plateau: boolean }): Steps<void> {
    if (!this.#isActive) return;
    const { plan, state } = this.#session;
    for (const config of this.schedulers) {
      if (config.reduceOnPlateau !== which.plateau || config.interval === "epoch") continue;
      if (config.interval === "step" && !isWindowClosed) continue;
      const count =
        config.interval === "batch"
          ? state.cursor.totalBatches
          : plan.schedulerFrequencyUnit === "batches"
            ? batchIdx + 1
            : state.cursor.globalStep;
      if (count % config.frequency === 0) yield* this.#step(config);
    }
  }

  /** At the end of an epoch. */
  *afterEpoch(which: { readonly plateau: boolean }): Steps<void> {
    if (!this.#isActive) return;
    for (const config of this.schedulers) {
      if (
        config.reduceOnPlateau === which.plateau &&
        config.interval === "epoch" &&
        (this.#session.state.cursor.epoch + 1) % config.frequency === 0
      )
        yield* this.#step(config);
    }
  }

  get #isActive(): boolean {
    return this.schedulers.length > 0 && this.#session.module.automaticOptimization;
  }

  *#step(config: ResolvedScheduler): Steps<void> {
    const { door, module } = this.#session;
    const metric = config.reduceOnPlateau ? this.#monitored(config) : undefined;
    if (config.reduceOnPlateau && metric === undefined) return;
    yield* door.call(module, "lrSchedulerStep", config.scheduler, metric);
  }

  #monitored({ monitor, strict }: ResolvedScheduler): number | undefined {
    if (monitor === undefined) return undefined;
    const { logging, messages, numbers, state } = this.#session;
    logging.refresh();
    const value = logging.published.callback.read(monitor);
    if (value !== undefined) {
      numbers.checkMetric(monitor, value, state.describePosition());
      return value;
    }
    const names = logging.published.callback.names();
    const nearest = nearestName(monitor, names);
    const problem = `ReduceLROnPlateau watches "${monitor}", which was not logged`;
    if (!strict) messages.warn(`plateau ${monitor}`, `${problem}; the learning rate stays.`);
    else
      throw new MisconfigurationError({
        code: "LIT_MONITOR",
        message: `${problem}.`,
        expected: `one of ${names.join(", ") || "(nothing is logged)"}`,
        tryThis: nearest === undefined ? `log("${monitor}", …), or strict: false.` : `monitor: "${nearest}".`,
      });
    return undefined;
  }
}
