import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { isPlainObject } from "../tree/tree.js";
import { IterableDataset, type IterableDatasetState } from "./dataset.js";
import type { BuiltInSource } from "./workers/worker-source.js";

/**
 * Iterable datasets one after another. It resumes where it was without reading anew if all of them can.
 * @example
 * ```ts
 * import { ChainDataset, IterableDataset } from "@lightning-ts/core";
 *
 * class Letters extends IterableDataset<string> {
 *   letters: string;
 *   constructor(letters: string) {
 *     super();
 *     this.letters = letters;
 *   }
 *   override async *[Symbol.asyncIterator](): AsyncGenerator<string> {
 *     yield* this.letters;
 *   }
 * }
 * for await (const letter of new ChainDataset([new Letters("ab"), new Letters("c")])) console.log(letter); // a, b, c
 * ```
 */
export class ChainDataset<TItem> extends IterableDataset<TItem> {
  readonly datasets: readonly IterableDataset<TItem>[];
  override readonly state?: () => Promise<IterableDatasetState>;
  override readonly restore?: (state: IterableDatasetState) => Promise<void>;
  override readonly workerSource: BuiltInSource;
  /** Which of the datasets the next item is from. */
  #current = 0;

  constructor(datasets: readonly IterableDataset<TItem>[]) {
    super();
    this.datasets = datasets;
    this.workerSource = { builtIn: "ChainDataset", args: [datasets] };
    if (!datasets.every((dataset) => dataset.state !== undefined && dataset.restore !== undefined)) return;
    this.state = async () => ({
      version: 1,
      current: this.#current,
      state: await this.datasets[this.#current]?.state?.(),
    });
    this.restore = async (state) => this.#restore(state);
  }

  /** Undefined where one of them does not know its length. */
  override get length(): number | undefined {
    return this.datasets.reduce<number | undefined>(
      (sum, { length }) => (sum === undefined || length === undefined ? undefined : sum + length),
      0,
    );
  }

  override async setEpoch(epoch: number): Promise<void> {
    for (const dataset of this.datasets) await dataset.setEpoch?.(epoch);
  }

  override async *[Symbol.asyncIterator](): AsyncGenerator<TItem> {
    for (; this.#current < this.datasets.length; this.#current += 1)
      for await (const item of this.datasets[this.#current] ?? []) yield item;
    this.#current = 0;
  }

  async #restore({ version, current, state }: IterableDatasetState): Promise<void> {
    const isKnown = version === 1 && typeof current === "number" && current >= 0 && current <= this.datasets.length;
    if (!isKnown || !Number.isInteger(current) || (state !== undefined && !isPlainObject(state)))
      throw new MisconfigurationError({
        message: "A ChainDataset cannot be restored from this state.",
        expected: `version 1, and the number of one of ${this.datasets.length} datasets with its own state`,
        received: JSON.stringify({ version, current, state }),
      });
    this.#current = current;
    if (state !== undefined) await this.datasets[current]?.restore?.({ ...state });
  }
}
