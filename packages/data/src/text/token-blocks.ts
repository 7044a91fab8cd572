import {
  checkIndex,
  describeValue,
  isCount,
  MisconfigurationError,
  rejectUnknownOptions,
  type Dataset,
  type Ints,
  type WorkerSource,
} from "@lightning-ts/core";
import { TensorBuffer, type Rank } from "@tensorflow/tfjs-core";

export interface TokenBlocksOptions {
  /** Tokens in a block. */
  readonly blockSize: number;
  /** Tokens from the beginning of one block to that of the next. @default 1: a block begins at each token */
  readonly stride?: number | undefined;
}

/** Tokens `[B, blockSize]`, and for each the one that comes next. */
type BlockBatch = [TensorBuffer<Rank.R2, "int32">, TensorBuffer<Rank.R2, "int32">];

/**
 * Blocks of a long text, and for each token the one that comes next: what a language model learns from.
 * @example
 * ```ts
 * import { TokenBlocks } from "@lightning-ts/data";
 *
 * const blocks = new TokenBlocks(Int32Array.of(5, 6, 7, 8), { blockSize: 2 });
 * const [input, target] = blocks.get(1);
 * console.log(blocks.length, input.values, target.values); // 2, [6, 7], [7, 8]
 * ```
 */
export class TokenBlocks implements Dataset<[input: Ints<1>, target: Ints<1>]> {
  readonly length: number;
  readonly blockSize: number;
  readonly stride: number;
  #tokens: Int32Array;

  /** @throws MisconfigurationError for a text that is shorter than a block and one token */
  constructor(tokens: Int32Array, options: TokenBlocksOptions) {
    rejectUnknownOptions("TokenBlocks", options, ["blockSize", "stride"]);
    const { blockSize, stride = 1 } = options;
    for (const [name, value] of Object.entries({ blockSize, stride }))
      if (!isCount(value) || value === 0) throw wrong(`TokenBlocks' ${name}`, "a positive integer", value);
    if (!(tokens instanceof Int32Array) || tokens.length <= blockSize)
      throw wrong("TokenBlocks' tokens", `an Int32Array of at least ${blockSize + 1} tokens`, tokens);
    this.#tokens = tokens;
    this.blockSize = blockSize;
    this.stride = stride;
    this.length = Math.floor((tokens.length - blockSize - 1) / stride) + 1;
  }

  /** Worker threads read the memory that this process reads. */
  get workerSource(): WorkerSource {
    if (typeof SharedArrayBuffer !== "undefined" && !(this.#tokens.buffer instanceof SharedArrayBuffer)) {
      const shared = new Int32Array(new SharedArrayBuffer(this.#tokens.byteLength));
      shared.set(this.#tokens);
      this.#tokens = shared;
    }
    const module = import.meta.resolve("@lightning-ts/data");
    return { module, name: "TokenBlocks", args: [this.#tokens, { blockSize: this.blockSize, stride: this.stride }] };
  }

  get(index: number): [input: Ints<1>, target: Ints<1>] {
    checkIndex(index, this.length);
    const block = (shift: number) =>
      new TensorBuffer<Rank.R1, "int32">([this.blockSize], "int32", this.#gather([index], shift));
    return [block(0), block(1)];
  }

  getBatch(indices: readonly number[]): BlockBatch {
    for (const index of indices) checkIndex(index, this.length);
    const block = (shift: number) =>
      new TensorBuffer<Rank.R2, "int32">([indices.length, this.blockSize], "int32", this.#gather(indices, shift));
    return [block(0), block(1)];
  }

  #gather(indices: readonly number[], shift: number): Int32Array {
    const values = new Int32Array(indices.length * this.blockSize);
    for (const [i, index] of indices.entries()) {
      const start = index * this.stride + shift;
      values.set(this.#tokens.subarray(start, start + this.blockSize), i * this.blockSize);
    }
    return values;
  }
}

function wrong(what: string, expected: string, received: unknown): MisconfigurationError {
  return new MisconfigurationError({ message: `${what} cannot be used.`, expected, received: describeValue(received) });
}
