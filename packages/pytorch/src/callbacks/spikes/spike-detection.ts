import { classNameOf, MisconfigurationError, rejectUnknownOptions } from "@lightning-ts/core";
import { replaceFile } from "@lightning-ts/fabric";
import { Callback } from "../../contract/callback.js";
import type { LightningModule } from "../../contract/lightning-module.js";
import type { Trainer } from "../../contract/trainer.js";
import { badOption } from "../../errors/bad-option.js";
import { TrainingSpikeError } from "../../errors/training-spike-error.js";
import type { StepOutput } from "../../words/step-output.js";
import { unreadableState } from "../unreadable-state.js";
import { LossSpikes } from "./loss-spikes.js";

export interface SpikeDetectionOptions {
  /** Whether smaller or larger losses are better. @default "min" */
  readonly mode?: "min" | "max" | undefined;
  /** How many losses the running mean goes over. @default 10 */
  readonly window?: number | undefined;
  /** From which batch of an epoch on to look. @default 1 */
  readonly warmup?: number | undefined;
  /** A spike is at least so far from the running mean. */
  readonly atol?: number | undefined;
  /** A spike is at least so many times the running mean away from it; `null` asks nothing. @default 2 */
  readonly rtol?: number | null | undefined;
  /** Where the numbers of bad batches are written. @default skip_batches.json in the Trainer's folder */
  readonly excludeBatchesPath?: string | undefined;
  /** Whether a loss that is NaN or infinite is a spike. @default true */
  readonly finiteOnly?: boolean | undefined;
}

const NAMES = ["mode", "window", "warmup", "atol", "rtol", "excludeBatchesPath", "finiteOnly"];

/**
 * Ends training with a `TrainingSpikeError` when the loss jumps, and writes the numbers of this batch and the one
 * before to a file. It reads the loss of every batch, so the loop waits for each step.
 * @example
 * ```ts
 * import { SpikeDetection, Trainer } from "@lightning-ts/pytorch";
 *
 * const trainer = new Trainer({ maxEpochs: 10, callbacks: [new SpikeDetection({ rtol: 5 })] });
 * ```
 */
export class SpikeDetection extends Callback {
  static override readonly stateName: string = "SpikeDetection";

  /** Batches of an epoch that are under suspicion, this run's and those of the runs before. */
  badBatches: number[] = [];
  readonly #spikes: LossSpikes;
  readonly #warmup: number;
  readonly #path: string | undefined;

  /** @throws MisconfigurationError for options that do not exist or have no meaning */
  constructor(options: SpikeDetectionOptions = {}) {
    super();
    rejectUnknownOptions("SpikeDetection", options, NAMES);
    const { mode = "min", window = 10, warmup = 1, atol, rtol = 2, finiteOnly = true } = options;
    if (mode !== "min" && mode !== "max") throw badOption("SpikeDetection", "mode", '"min" or "max"', mode);
    if (!Number.isSafeInteger(window) || window < 1)
      throw badOption("SpikeDetection", "window", "a whole number of at least 1", window);
    if (!Number.isSafeInteger(warmup) || warmup < 0)
      throw badOption("SpikeDetection", "warmup", "a whole number of at least 0", warmup);
    this.#spikes = new LossSpikes({ mode, window, atol, rtol: rtol ?? undefined, finiteOnly });
    this.#warmup = warmup;
    this.#path = options.excludeBatchesPath;
  }

  override async onTrainBatchEnd(
    trainer: Trainer,
    module: LightningModule,
    outputs: StepOutput,
    _batch: unknown,
    batchIdx: number,
  ): Promise<void> {
    if (outputs.loss === undefined)
      throw new MisconfigurationError({
        message: `SpikeDetection needs the loss of every batch, and ${classNameOf(module)}.trainingStep returned none.`,
        expected: "a step that returns its loss",
        received: "nothing",
      });
    const [loss = Number.NaN] = await outputs.loss.data();
    const isSpike = batchIdx >= this.#warmup && this.#spikes.isSpike(loss);
    if (!(await anyRank(trainer, isSpike))) this.#spikes.add(loss);
    else await this.#end(trainer, batchIdx, loss);
  }

  override stateDict(): Record<string, unknown> {
    const { lastLoss, recent } = this.#spikes;
    return { last_val: lastLoss, running: recent, bad_batches: this.badBatches };
  }

  override loadStateDict(state: Record<string, unknown>): void {
    const { last_val: lastLoss, running, bad_batches: badBatches } = state;
    if (typeof lastLoss !== "number" || !isNumbers(running) || !isNumbers(badBatches))
      throw unreadableState("SpikeDetection", state);
    this.#spikes.lastLoss = lastLoss;
    this.#spikes.recent = [...running];
    this.badBatches = [...badBatches];
  }

  /** The batch before is listed too: its update may be what made this loss. */
  async #end(trainer: Trainer, batchIdx: number, loss: number): Promise<never> {
    const { files } = trainer.ports;
    this.badBatches.push(...[batchIdx - 1, batchIdx].filter((index) => index >= 0));
    const path = this.#path ?? files.join(trainer.defaultRootDir, "skip_batches.json");
    if (trainer.isGlobalZero) {
      await files.makeDirectory(files.dirname(path));
      const text = `${JSON.stringify(this.badBatches, undefined, 4)}\n`;
      await replaceFile(files, path, (file) => file.write(new TextEncoder().encode(text)));
    }
    throw new TrainingSpikeError({ batchIdx, path, loss });
  }
}

/** What one rank sees ends the run on all. */
function anyRank(trainer: Trainer, wish: boolean): boolean | Promise<boolean> {
  const { strategy, globalStep } = trainer;
  return strategy.worldSize === 1 ? wish : strategy.agree({ name: `loss spike at global step ${globalStep}`, wish });
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((one) => typeof one === "number");
}
