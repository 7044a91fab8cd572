import { item } from "@lightning-ts/core";
import { LazyScalar, type RunWarnings } from "@lightning-ts/fabric";
import type { Tensor } from "@tensorflow/tfjs-core";
import { requireFinite } from "../../errors/require-finite.js";
import type { TrainerPlan } from "../../options/plan.js";
import type { Position } from "../../words/cursor.js";

/** Losses that wait to be looked at; of these the newest may still be computed. */
const MOST_HELD = 64;
const STILL_RUNNING = 2;

interface HeldLoss {
  readonly value: LazyScalar;
  readonly epoch: number;
  readonly batch: number;
}

/** Where the run is, for messages. */
interface Place extends Position {
  describePosition(): string;
}

interface NumberWatchOptions {
  readonly plan: Pick<TrainerPlan, "barebones" | "detectAnomaly" | "terminateOnNan">;
  readonly warnings: RunWarnings;
}

/**
 * Finds the first loss or monitored metric of a run that is NaN or infinite. Losses are looked at many at once, when
 * they have long been computed, so that no step waits for it; with `detectAnomaly` or `terminateOnNan` each one is read
 * before its gradients are computed.
 */
export class NumberWatch {
  readonly #plan: NumberWatchOptions["plan"];
  readonly #warnings: RunWarnings;
  #held: HeldLoss[] = [];
  #isOver: boolean;

  constructor({ plan, warnings }: NumberWatchOptions) {
    this.#plan = plan;
    this.#warnings = warnings;
    this.#isOver = plan.barebones;
  }

  /** @throws LightningError where the run has to end with this loss */
  takeLoss(loss: Tensor, place: Place): void {
    if (loss.size !== 1) return; // backward says so
    if (this.#plan.detectAnomaly || this.#plan.terminateOnNan)
      requireFinite("loss", item(loss), place.describePosition());
    else if (!this.#isOver) {
      const { epoch, batch } = place.cursor;
      this.#held.push({ value: new LazyScalar(loss), epoch, batch });
    }
  }

  /** @throws LightningError where the run has to end with this value */
  checkMetric(name: string, value: number, position: string): void {
    if (Number.isFinite(value) || this.#isOver) return;
    if (this.#plan.terminateOnNan) requireFinite(`metric ${name}`, value, position);
    else this.#report(`The monitored metric ${name} is ${value} at ${position}.`);
  }

  /** Looks at the losses that have been computed, now and then; a promise where that takes reading. */
  look(): void | Promise<void> {
    return this.#held.length < MOST_HELD ? undefined : this.#lookAt(MOST_HELD - STILL_RUNNING);
  }

  /** To be called where everything has been computed. */
  lookAtAll(): void | Promise<void> {
    return this.#held.length === 0 ? undefined : this.#lookAt(this.#held.length);
  }

  forget(): void {
    for (const { value } of this.#held.splice(0)) value.release();
  }

  async #lookAt(count: number): Promise<void> {
    for (const { value, epoch, batch } of this.#held.splice(0, count)) {
      const loss = await valueOf(value);
      value.release();
      if (!Number.isFinite(loss)) this.#report(`The loss is ${loss} at epoch ${epoch}, batch ${batch}.`);
    }
  }

  #report(happened: string): void {
    this.#warnings.warn(
      "not finite",
      `${happened} Training goes on. detectAnomaly: true finds the loss or gradient that it begins with, terminateOnNan: true ends the run there.`,
    );
    this.#isOver = true;
    this.forget();
  }
}

/** 0 where it cannot be read: its step has failed, and whoever runs the steps reports why. */
async function valueOf(loss: LazyScalar): Promise<number> {
  try {
    return await loss.load();
  } catch {
    return 0;
  }
}
