import { lendValues, lendValuesNow, setGrad, type Loan } from "@lightning-ts/core";
import type { CollectiveWork } from "../../collectives/collective.js";
import type { GradientEntry } from "../ddp/buckets.js";

interface Piece extends GradientEntry {
  readonly begin: number;
  readonly end: number;
  /** Read, and not used up yet. */
  loan: Loan | undefined;
}

/** This rank's gradients of what one rank owns, behind each other. They are read when they are needed. */
export class FlatGradients {
  readonly length: number;
  readonly #pieces: Piece[] = [];

  constructor(entries: readonly GradientEntry[]) {
    let begin = 0;
    for (const entry of entries) {
      const end = begin + entry.parameter.size;
      this.#pieces.push({ ...entry, begin, end, loan: undefined });
      begin = end;
    }
    this.length = begin;
  }

  /** Waits for the values of a range. */
  read(from: number, count: number): CollectiveWork {
    const unread = this.#within(from, count).filter(({ gradient, loan }) => gradient !== null && loan === undefined);
    return {
      then: (onFulfilled, onRejected) => borrowAll(unread).then(onFulfilled, onRejected),
      join: () => {
        for (const piece of unread) if (piece.gradient !== null) piece.loan = lendValuesNow(piece.gradient);
      },
    };
  }

  /** Copies a range that was read, and drops the gradients of which it has the end. */
  takeInto(target: Float32Array, from: number): void {
    target.fill(0);
    for (const piece of this.#within(from, target.length)) {
      const { begin, end, loan, parameter } = piece;
      const [first, last] = [Math.max(from, begin), Math.min(from + target.length, end)];
      if (loan !== undefined) target.set(loan.values.subarray(first - begin, last - begin), first - from);
      if (last < end) continue;
      loan?.giveBack();
      piece.loan = undefined;
      setGrad(parameter, null);
    }
  }

  /** Gives back what was read and not taken. */
  end(): void {
    for (const { loan } of this.#pieces) loan?.giveBack();
  }

  #within(from: number, count: number): Piece[] {
    return this.#pieces.filter(({ begin, end }) => begin < from + count && end > from);
  }
}

/** All are borrowed when it ends, also where one has failed, so that all can be given back. */
async function borrowAll(pieces: readonly Piece[]): Promise<void> {
  const borrowed = await Promise.allSettled(pieces.map(borrow));
  for (const each of borrowed) if (each.status === "rejected") throw each.reason;
}

async function borrow(piece: Piece): Promise<void> {
  if (piece.gradient !== null) piece.loan = await lendValues(piece.gradient);
}
