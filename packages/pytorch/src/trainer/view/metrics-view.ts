import type { PublishedMetrics } from "../../results/published-metrics.js";
import { LoopsView } from "./loops-view.js";

/** What a Trainer shows of its metrics, and what hooks add to them. */
export abstract class MetricsView extends LoopsView {
  get callbackMetrics(): Record<string, number> {
    return this.#refreshed().callback.toRecord();
  }
  get loggedMetrics(): Record<string, number> {
    return this.#refreshed().logged.toRecord();
  }
  get progressBarMetrics(): Record<string, number> {
    return this.#refreshed().progressBar.toRecord();
  }
  readMetric(name: string): number | undefined {
    const value = this.#refreshed().callback.read(name);
    if (value !== undefined && this.parts.state.runningStage !== undefined)
      this.parts.current.fit?.numbers.checkMetric(name, value, this.parts.state.describePosition());
    return value;
  }
  logNow(metrics: Readonly<Record<string, number>>, step: number): void {
    this.parts.current.session?.logging.loggers.logMetrics(metrics, step);
    for (const [name, value] of Object.entries(metrics)) this.parts.published.callback.setNumber(name, value);
  }

  /** What was logged since the last look belongs to it. */
  #refreshed(): PublishedMetrics {
    this.parts.current.session?.logging.refresh();
    return this.parts.published;
  }
}
