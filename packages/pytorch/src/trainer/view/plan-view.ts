import { ProgressView } from "./progress-view.js";

/** What a Trainer shows of its plan: options with their defaults. */
export abstract class PlanView extends ProgressView {
  get defaultRootDir(): string {
    return this.parts.plan.defaultRootDir;
  }
  get fastDevRun(): number {
    return this.parts.plan.fastDevRun;
  }
  get logEveryNSteps(): number {
    return this.parts.plan.logEveryNSteps;
  }
}
