import type { TrainerView } from "../contract/trainer-view.js";
import { hasValidationBatches, isValidationDue } from "../run/loops/validation-in-fit.js";
import { OnlookersView } from "./view/onlookers-view.js";

/**
 * A Trainer without its runs: the getters of `view/`, one file for each source that they read, and here what takes
 * several sources, and what is said on the terminal.
 */
export abstract class TrainerBase extends OnlookersView implements TrainerView {
  async estimatedSteppingBatches(): Promise<number> {
    const { fit, session } = this.parts.current;
    const ahead =
      fit === undefined && session !== undefined
        ? await session.driver.run(session.sources.loadAhead("train"))
        : undefined;
    const batches = ahead === undefined ? this.numTrainingBatches : ahead.totalCount;
    const perEpoch = Math.ceil(batches / this.accumulateGradBatches);
    const total = this.maxEpochs === -1 ? Number.POSITIVE_INFINITY : perEpoch * Math.max(1, this.maxEpochs);
    return this.maxSteps === -1 ? total : Math.min(total, this.maxSteps);
  }

  get willValidateNow(): boolean {
    const { batch, isLastBatch } = this.parts.state.cursor;
    const { fit } = this.parts.current;
    return fit !== undefined && hasValidationBatches(fit) && isValidationDue(fit, batch - 1, isLastBatch);
  }
  get validatesAtEpochEndOnly(): boolean {
    const { validationInterval: interval, checkValEveryNEpoch } = this.parts.plan;
    if (interval.kind === "time" || checkValEveryNEpoch !== 1) return false;
    const { fit } = this.parts.current;
    if (fit !== undefined && fit.trainLoadedAt >= 0 && !hasValidationBatches(fit)) return true;
    return interval.kind === "fraction" && interval.fraction === 1;
  }

  print(...values: readonly unknown[]): void {
    if (this.localRank === 0) this.parts.messages.print(this.ports.terminal.format(...values));
  }
  say(line: string): void {
    if (this.isGlobalZero) this.parts.messages.info(line);
  }
  warn(topic: string, line: string): void {
    this.parts.messages.warn(topic, line);
  }
  printThrough(print: ((line: string) => void) | undefined): void {
    this.parts.messages.printLine = print;
  }
}
