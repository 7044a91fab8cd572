import { rejectUnknownOptions } from "@lightning-ts/core";
import { badOption } from "../errors/bad-option.js";
import { Callback } from "../contract/callback.js";
import type { LightningModule } from "../contract/lightning-module.js";
import type { Trainer } from "../contract/trainer.js";
import { LiveLines } from "../display/live-lines.js";
import { Meter } from "../display/meter.js";
import { paintFor } from "../display/paint.js";
import { formatMetrics, renderBar } from "../display/render-bar.js";
import type { StepOutput } from "../words/step-output.js";

export interface ProgressBarOptions {
  /** Batches between two updates on a terminal, at least `refreshMs` apart; 0 shows nothing. @default 1 */
  readonly refreshRate?: number | undefined;
  /** Milliseconds between two updates on a terminal. @default 100 */
  readonly refreshMs?: number | undefined;
  /** Milliseconds between two readings of the metrics, which may wait for the device. @default 500 */
  readonly metricsMs?: number | undefined;
  /** Milliseconds between two lines where the output is no terminal. @default 30000 */
  readonly lineMs?: number | undefined;
  /** Whether the bar of an epoch stays on the screen when the next one begins. @default true */
  readonly leave?: boolean | undefined;
}

/**
 * Shows how far a run is. On a terminal a bar is redrawn at the bottom, with a second one for a validation in between,
 * and what the program prints comes to stand above it; elsewhere there are plain lines, one for each epoch, and one now
 * and then. Metrics logged with `progBar: true` stand behind or below it; a subclass chooses others in `getMetrics`.
 * @example
 * ```ts
 * import { ProgressBar, type Trainer } from "@lightning-ts/pytorch";
 *
 * class WithoutVersion extends ProgressBar {
 *   override getMetrics(trainer: Trainer) {
 *     const { v_num: _, ...metrics } = super.getMetrics(trainer);
 *     return metrics;
 *   }
 * }
 * console.log(new WithoutVersion({ refreshMs: 500 }).stateKey);
 * ```
 */
export class ProgressBar extends Callback {
  readonly #refreshRate: number;
  readonly #refreshMs: number;
  readonly #metricsMs: number;
  readonly #lineMs: number;
  readonly #leaves: boolean;
  #live: LiveLines | undefined;
  #main: Meter | undefined;
  /** A validation or sanity check inside of a fit. */
  #inner: Meter | undefined;
  #drawnMs = 0;
  #drawnDone = 0;
  #readMs = Number.NEGATIVE_INFINITY;
  #metrics: readonly string[] = [];

  constructor(options: ProgressBarOptions = {}) {
    super();
    rejectUnknownOptions("ProgressBar", options, ["refreshRate", "refreshMs", "metricsMs", "lineMs", "leave"]);
    this.#refreshRate = options.refreshRate ?? 1;
    if (!Number.isSafeInteger(this.#refreshRate) || this.#refreshRate < 0)
      throw badOption(
        "ProgressBar",
        "refreshRate",
        "a whole number of batches, or 0 to show nothing",
        options.refreshRate,
      );
    this.#refreshMs = options.refreshMs ?? 100;
    this.#metricsMs = options.metricsMs ?? 500;
    this.#lineMs = options.lineMs ?? 30_000;
    this.#leaves = options.leave ?? true;
  }

  /** What stands behind the bar: the logger's version (the last four characters of a text), and the logged metrics. */
  getMetrics(trainer: Trainer): Record<string, number | string> {
    const { version } = trainer.logger ?? {};
    return {
      ...(version === undefined ? {} : { v_num: typeof version === "string" ? version.slice(-4) : version }),
      ...trainer.progressBarMetrics,
    };
  }

  override setup(trainer: Trainer): void {
    this.#metrics = [];
    if (trainer.ports.terminal.isInteractive) this.#live = new LiveLines(trainer.ports.terminal);
    trainer.printThrough((line) => {
      if (this.#live === undefined) trainer.ports.terminal.write(`${line}\n`);
      else this.#live.printAbove(line);
    });
  }

  override teardown(trainer: Trainer): void {
    this.#live?.end();
    this.#live = undefined;
    [this.#main, this.#inner] = [undefined, undefined];
    trainer.printThrough(undefined);
  }

  override onTrainEpochStart(trainer: Trainer): void {
    const { currentEpoch, maxEpochs } = trainer;
    const last = maxEpochs > 0 && Number.isFinite(maxEpochs) ? `/${maxEpochs - 1}` : "";
    this.#begin(trainer, `Epoch ${currentEpoch}${last}`, trainer.numTrainingBatches);
  }
  override onTrainBatchEnd(
    trainer: Trainer,
    _module: LightningModule,
    _outputs: StepOutput,
    _batch: unknown,
    batchIdx: number,
  ): void {
    if (this.#main !== undefined) this.#advance(trainer, this.#main, batchIdx + 1);
  }
  override onTrainEpochEnd(trainer: Trainer): void {
    this.#readMetrics(trainer);
    this.#finish(trainer, this.#leaves || isLastEpoch(trainer));
  }

  override onValidationStart(trainer: Trainer): void {
    if (trainer.stage === "validate") this.#begin(trainer, "Validating", trainer.numEvaluationBatches);
    else if (trainer.sanityChecking) this.#beginInner(trainer, "Sanity check", total(trainer.numSanityValBatches));
    else this.#beginInner(trainer, "Validating", total(trainer.numValBatches));
  }
  override onValidationBatchEnd(trainer: Trainer): void {
    const meter = trainer.stage === "validate" ? this.#main : this.#inner;
    if (meter !== undefined) this.#advance(trainer, meter, meter.done + 1);
  }
  override onValidationEnd(trainer: Trainer): void {
    this.#readMs = Number.NEGATIVE_INFINITY;
    if (trainer.stage === "validate") this.#finish(trainer, true);
    else this.#endInner(trainer);
  }

  override onTestStart(trainer: Trainer): void {
    this.#begin(trainer, "Testing", trainer.numEvaluationBatches);
  }
  override onTestBatchEnd(trainer: Trainer): void {
    if (this.#main !== undefined) this.#advance(trainer, this.#main, this.#main.done + 1);
  }
  override onTestEnd(trainer: Trainer): void {
    this.#finish(trainer, true);
  }

  override onPredictStart(trainer: Trainer): void {
    this.#begin(trainer, "Predicting", trainer.numEvaluationBatches);
  }
  override onPredictBatchEnd(trainer: Trainer): void {
    if (this.#main !== undefined) this.#advance(trainer, this.#main, this.#main.done + 1);
  }
  override onPredictEnd(trainer: Trainer): void {
    this.#finish(trainer, true);
  }

  #begin(trainer: Trainer, label: string, batches: number): void {
    const now = trainer.ports.clock.now();
    this.#live?.leave();
    this.#main = new Meter(label, batches, now);
    [this.#drawnMs, this.#drawnDone, this.#readMs] = [now, 0, now];
  }

  /** The stage around it stands still meanwhile: its speed is that of training alone. */
  #beginInner(trainer: Trainer, label: string, batches: number): void {
    const now = trainer.ports.clock.now();
    this.#main?.pause(now);
    this.#inner = new Meter(label, batches, now);
    [this.#drawnMs, this.#drawnDone] = [now, 0];
  }

  #endInner(trainer: Trainer): void {
    this.#inner = undefined;
    this.#main?.resume(trainer.ports.clock.now());
    this.#drawnDone = this.#main?.done ?? 0;
    if (this.#live?.isOnScreen !== true) return;
    if (this.#main === undefined) this.#live.remove();
    else this.#draw(trainer);
  }

  #advance(trainer: Trainer, meter: Meter, done: number): void {
    meter.done = done;
    const { clock, terminal } = trainer.ports;
    const now = clock.now();
    if (now - this.#drawnMs < (terminal.isInteractive ? this.#refreshMs : this.#lineMs)) return;
    if (terminal.isInteractive && done - this.#drawnDone < this.#refreshRate) return;
    [this.#drawnMs, this.#drawnDone] = [now, done];
    if (now - this.#readMs >= this.#metricsMs) {
      this.#readMetrics(trainer);
      this.#readMs = now;
    }
    this.#draw(trainer);
  }

  #readMetrics(trainer: Trainer): void {
    this.#metrics = formatMetrics(this.getMetrics(trainer));
  }

  #draw(trainer: Trainer): void {
    if (this.#refreshRate === 0) return;
    const { terminal } = trainer.ports;
    if (this.#live !== undefined) this.#live.show(this.#render(trainer));
    else for (const line of this.#render(trainer)) terminal.write(`${line}\n`);
  }

  #render(trainer: Trainer): string[] {
    const { terminal, clock } = trainer.ports;
    const now = clock.now();
    const all = [this.#main, this.#inner].flatMap((meter) => meter ?? []);
    const meters = terminal.isInteractive ? all : all.slice(-1);
    return meters.flatMap((meter, i) =>
      renderBar({
        label: `${i === 0 ? "" : "  "}${meter.label}`,
        done: meter.done,
        total: meter.total,
        elapsedMs: meter.elapsedMs(now),
        metrics: meter === this.#main ? this.#metrics : [],
        columns: terminal.isInteractive ? terminal.columns : Number.POSITIVE_INFINITY,
        withBar: terminal.isInteractive,
        paint: paintFor(terminal.hasColors),
      }),
    );
  }

  #finish(trainer: Trainer, stays: boolean): void {
    if (stays || this.#live === undefined) this.#draw(trainer);
    if (stays) this.#live?.leave();
    else this.#live?.remove();
    this.#main = undefined;
  }
}

function total(batches: readonly number[]): number {
  return batches.reduce((sum, count) => sum + count, 0);
}

function isLastEpoch({ currentEpoch, maxEpochs, shouldStop }: Trainer): boolean {
  return shouldStop || currentEpoch + 1 === maxEpochs;
}
