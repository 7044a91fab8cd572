import { setGrad } from "@lightning-ts/core";
import type { CollectiveWork } from "../../collectives/collective.js";
import type { GradientEntry } from "../ddp/buckets.js";

interface Piece extends GradientEntry {
  readonly begin: number;
  readonly end: number;
  /** Read, and not used up yet. */
  values: Float32Array | undefined;
}

/** This rank's gradients of what one rank owns, behind each other. They are read when they are needed. */
export class FlatGradients {
  readonly length: number;
  readonly #pieces: Piece[] = [];

  constructor(entries: readonly GradientEntry[]) {
    let begin = 0;
    for (const entry of entries) {
      const end = begin + entry.parameter.size;
      this.#pieces.push({ ...entry, begin, end, values: undefined });
      begin = end;
    }
    this.length = begin;
  }

  /** Waits for the values of a range. */
  read(from: number, count: number): CollectiveWork {
    const unread = this.#within(from, count).filter(
      ({ gradient, values }) => gradient !== null && values === undefined,
    );
    return {
      then: (onFulfilled, onRejected) =>
        Promise.all(unread.map(async (piece) => void (piece.values = await piece.gradient?.data<"float32">())))
          .then(() => undefined)
          .then(onFulfilled, onRejected),
      join: () => {
        for (const piece of unread) piece.values = piece.gradient?.dataSync<"float32">();
      },
    };
  }

  /** Copies a range that was read, and drops the gradients of which it has the end. */
  takeInto(target: Float32Array, from: number): void {
    for (const piece of this.#within(from, target.length)) {
      const { begin, end, parameter, values } = piece;
      const [first, last] = [Math.max(from, begin), Math.min(from + target.length, end)];
      if (values !== undefined) target.set(values.subarray(first - begin, last - begin), first - from);
      if (last < end) continue;
      piece.values = undefined;
      setGrad(parameter, null);
    }
  }

  #within(from: number, count: number): Piece[] {
    return this.#pieces.filter(({ begin, end }) => begin < from + count && end > from);
  }
}
