import { buffer, type Rank, type TensorBuffer } from "@tensorflow/tfjs-core";
import type { Dataset, OnDevice } from "lightning-ts/core";

/** Words `[T]`, and those that follow each of them `[T]`. */
export type WordBlock = [words: TensorBuffer<Rank.R1, "int32">, following: TensorBuffer<Rank.R1, "int32">];

/** What a step gets: both `[B, T]`. */
export type WordBatch = OnDevice<[TensorBuffer<Rank.R2, "int32">, TensorBuffer<Rank.R2, "int32">]>;

export const BLOCK_SIZE = 35;

/** A text as numbers, in blocks of 35 words; the rarest words are one and the same. */
export class WordBlocks implements Dataset<WordBlock> {
  readonly length: number;
  /** The first stands for all words that have no number of their own. */
  readonly vocabulary: readonly string[];
  readonly #ids: Int32Array;

  constructor(words: readonly string[], mostWords: number) {
    const counts = new Map<string, number>();
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    const frequent = [...counts].sort(([, a], [, b]) => b - a).slice(0, mostWords - 1);
    this.vocabulary = ["<unk>", ...frequent.map(([word]) => word)];
    const numbers = new Map(this.vocabulary.map((word, index) => [word, index]));
    this.#ids = Int32Array.from(words, (word) => numbers.get(word) ?? 0);
    this.length = Math.floor((this.#ids.length - 1) / BLOCK_SIZE);
  }

  get(index: number): WordBlock {
    const start = index * BLOCK_SIZE;
    return [this.#block(start), this.#block(start + 1)];
  }

  #block(start: number): TensorBuffer<Rank.R1, "int32"> {
    return buffer<Rank.R1, "int32">([BLOCK_SIZE], "int32", this.#ids.slice(start, start + BLOCK_SIZE));
  }
}
