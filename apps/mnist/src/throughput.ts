import * as L from "lightning-ts";

/** Measures how many samples per second the training steps take in, validation and checkpoints left out. */
export class Throughput extends L.Callback {
  #samples = 0;
  #durationMs = 0;
  #startMs = 0;

  constructor(private readonly batchSize: number) {
    super();
  }

  get samplesPerSecond(): number {
    return this.#durationMs === 0 ? 0 : (1000 * this.#samples) / this.#durationMs;
  }

  override onTrainBatchStart(): void {
    if (this.#startMs === 0) this.#startMs = performance.now();
  }

  override onTrainBatchEnd(): void {
    this.#samples += this.batchSize;
  }

  override onValidationStart(trainer: L.Trainer): void {
    if (trainer.sanityChecking) return;
    this.#durationMs += performance.now() - this.#startMs;
    this.#startMs = 0;
  }
}
