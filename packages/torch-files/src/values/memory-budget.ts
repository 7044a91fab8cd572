import { TorchLimitError } from "../errors/torch-limit-error.js";

/** Counts what a file makes its reader allocate, and refuses before it is more than the file's size explains. */
export class MemoryBudget {
  #left: number;
  readonly #limitBytes: number;
  readonly #what: string;

  /** @param what names what is counted, and the option that allows more, for the message */
  constructor(limitBytes: number, what: string) {
    this.#limitBytes = limitBytes;
    this.#left = limitBytes;
    this.#what = what;
  }

  /** @throws TorchLimitError */
  charge(bytes: number): void {
    this.#left -= bytes;
    if (this.#left >= 0) return;
    throw new TorchLimitError({
      message: `This file is refused: ${this.#what} would take more than ${this.#limitBytes} bytes, which its size does not explain.`,
      tryThis: "a larger limit, where you trust the file's origin.",
    });
  }
}
