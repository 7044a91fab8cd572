import { rejectUnknownOptions } from "@lightning-ts/core";
import { formatMetrics, renderBar } from "../display/render-bar.js";
import type { StepOutput } from "../words/step-output.js";
import type { LightningModule } from "../contract/lightning-module.js";
import type { Trainer } from "../contract/trainer.js";
import { Callback } from "../contract/callback.js";

export interface ProgressBarOptions {
  /** Milliseconds between two updates on a terminal. @default 100 */
  readonly refreshMs?: number | undefined;
  /** Milliseconds between two readings of the metrics, which may wait for the device. @default 500 */
  readonly metricsMs?: number | undefined;
  /** Milliseconds between two lines where the output is no terminal. @default 30000 */
  readonly lineMs?: number | undefined;
}

/**
 * Shows how far a run is: one line that is redrawn on a terminal, plain lines elsewhere (one for each epoch, and one
 * now and then). Metrics logged with `progBar: true` stand behind it.
 * @example
 * ```ts
 * import { ProgressBar, Trainer } from "@lightning-ts/pytorch";
 *
 * const trainer = new Trainer({ maxEpochs: 10, callbacks: [new ProgressBar({ refreshMs: 500 })] });
 * ```
 */
export class ProgressBar extends Callback {
  readonly #refreshMs: number;
  readonly #metricsMs: number;
  readonly #lineMs: number;
  #label = "";
  #total = 0;
  #done = 0;
  #startedMs = 0;
  #drawnMs = 0;
  #readMs = Number.NEGATIVE_INFINITY;
  #metrics = "";
  #isOnScreen = false;

  constructor(options: ProgressBarOptions = {}) {
    super();
    rejectUnknownOptions("ProgressBar", options, ["refreshMs", "metricsMs", "lineMs"]);
    this.#refreshMs = options.refreshMs ?? 100;
    this.#metricsMs = options.metricsMs ?? 500;
    this.#lineMs = options.lineMs ?? 30_000;
  }

  override setup(trainer: Trainer): void {
    trainer.printThrough((line) => this.#printAbove(trainer, line));
  }

  override teardown(trainer: Trainer): void {
    this.#endLine(trainer);
    trainer.printThrough(undefined);
  }

  override onSanityCheckStart(trainer: Trainer): void {
    this.#begin(trainer, "Sanity check", Number.POSITIVE_INFINITY);
  }
  override onSanityCheckEnd(trainer: Trainer): void {
    this.#clear(trainer);
  }

  override onTrainEpochStart(trainer: Trainer): void {
    this.#begin(trainer, `Epoch ${trainer.currentEpoch}`, trainer.numTrainingBatches);
  }
  override onTrainBatchEnd(
    trainer: Trainer,
    _module: LightningModule,
    _outputs: StepOutput,
    _batch: unknown,
    batchIdx: number,
  ): void {
    this.#advance(trainer, batchIdx + 1);
  }
  override onTrainEpochEnd(trainer: Trainer): void {
    this.#readMetrics(trainer);
    this.#finish(trainer);
  }
  override onTrainEnd(trainer: Trainer): void {
    this.#endLine(trainer);
  }

  override onValidationEnd(trainer: Trainer): void {
    this.#readMs = Number.NEGATIVE_INFINITY;
    if (trainer.stage === "validate") this.#finish(trainer);
  }
  override onValidationStart(trainer: Trainer): void {
    if (trainer.stage === "validate") this.#begin(trainer, "Validating", trainer.numEvaluationBatches);
  }
  override onValidationBatchEnd(
    trainer: Trainer,
    _module: LightningModule,
    _outputs: unknown,
    _batch: unknown,
    _batchIdx: number,
    _dataloaderIdx: number,
  ): void {
    if (trainer.stage === "validate") this.#advance(trainer, this.#done + 1);
  }

  override onTestStart(trainer: Trainer): void {
    this.#begin(trainer, "Testing", trainer.numEvaluationBatches);
  }
  override onTestBatchEnd(
    trainer: Trainer,
    _module: LightningModule,
    _outputs: unknown,
    _batch: unknown,
    _batchIdx: number,
    _dataloaderIdx: number,
  ): void {
    this.#advance(trainer, this.#done + 1);
  }
  override onTestEnd(trainer: Trainer): void {
    this.#finish(trainer);
  }

  override onPredictStart(trainer: Trainer): void {
    this.#begin(trainer, "Predicting", trainer.numEvaluationBatches);
  }
  override onPredictBatchEnd(
    trainer: Trainer,
    _module: LightningModule,
    _outputs: unknown,
    _batch: unknown,
    _batchIdx: number,
    _dataloaderIdx: number,
  ): void {
    this.#advance(trainer, this.#done + 1);
  }
  override onPredictEnd(trainer: Trainer): void {
    this.#finish(trainer);
  }

  #begin(trainer: Trainer, label: string, total: number): void {
    this.#endLine(trainer);
    this.#label = label;
    this.#total = total;
    this.#done = 0;
    this.#metrics = "";
    this.#startedMs = trainer.ports.clock.now();
    this.#drawnMs = this.#startedMs;
    this.#readMs = this.#startedMs;
  }

  #advance(trainer: Trainer, done: number): void {
    this.#done = done;
    const now = trainer.ports.clock.now();
    if (now - this.#drawnMs < (trainer.ports.terminal.isInteractive ? this.#refreshMs : this.#lineMs)) return;
    this.#drawnMs = now;
    if (now - this.#readMs >= this.#metricsMs) {
      this.#readMetrics(trainer);
      this.#readMs = now;
    }
    this.#draw(trainer);
  }

  #readMetrics(trainer: Trainer): void {
    const { version } = trainer.logger ?? {};
    this.#metrics = formatMetrics({
      ...(version === undefined ? {} : { v_num: typeof version === "string" ? version.slice(-4) : version }),
      ...trainer.progressBarMetrics,
    });
  }

  #draw(trainer: Trainer): void {
    const { terminal, clock } = trainer.ports;
    const line = renderBar({
      label: this.#label,
      done: this.#done,
      total: this.#total,
      elapsedMs: clock.now() - this.#startedMs,
      metrics: this.#metrics,
      columns: terminal.isInteractive ? terminal.columns : Number.POSITIVE_INFINITY,
      withBar: terminal.isInteractive,
    });
    if (!terminal.isInteractive) terminal.write(`${line}\n`);
    else {
      terminal.write(`\r\u001b[2K${line}`);
      this.#isOnScreen = true;
    }
  }

  #finish(trainer: Trainer): void {
    this.#draw(trainer);
    this.#endLine(trainer);
  }

  #endLine(trainer: Trainer): void {
    if (this.#isOnScreen) trainer.ports.terminal.write("\n");
    this.#isOnScreen = false;
  }

  #clear(trainer: Trainer): void {
    if (this.#isOnScreen) trainer.ports.terminal.write("\r\u001b[2K");
    this.#isOnScreen = false;
  }

  #printAbove(trainer: Trainer, line: string): void {
    const wasOnScreen = this.#isOnScreen;
    this.#clear(trainer);
    trainer.ports.terminal.write(`${line}\n`);
    if (wasOnScreen) this.#draw(trainer);
  }
}
