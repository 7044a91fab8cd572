import { lendFloats, lendFloatsNow, setGrad, type FloatLoan } from "@lightning-ts/core";
import type { CollectiveWork } from "../../collectives/collective.js";
import { Segments, type Overlap } from "../../collectives/segments.js";
import type { GradientEntry } from "../ddp/buckets.js";

interface Piece extends GradientEntry {
  /** Read, and not used up yet. */
  loan: FloatLoan | undefined;
}

/** This rank's gradients of what one rank owns, behind each other. They are read when they are needed. */
export class FlatGradients {
  readonly length: number;
  readonly #pieces: readonly Piece[];
  readonly #segments: Segments;

  constructor(entries: readonly GradientEntry[]) {
    this.#pieces = entries.map((entry) => ({ ...entry, loan: undefined }));
    this.#segments = new Segments(entries.map(({ parameter }) => parameter.size));
    this.length = this.#segments.length;
  }

  /** Waits for the values of a range. */
  read(from: number, count: number): CollectiveWork {
    const unread: Piece[] = [];
    this.#visit(from, count, (piece) => {
      if (piece.gradient !== null && piece.loan === undefined) unread.push(piece);
    });
    return {
      then: (onFulfilled, onRejected) => borrowAll(unread).then(onFulfilled, onRejected),
      join: () => {
        for (const piece of unread) if (piece.gradient !== null) piece.loan = lendFloatsNow(piece.gradient);
      },
    };
  }

  /** Copies a range that was read, and drops the gradients of which it has the end. */
  takeInto(target: Float32Array, from: number): void {
    target.fill(0);
    this.#visit(from, target.length, (piece, { begin, end, at }) => {
      const { loan, parameter } = piece;
      if (loan !== undefined) target.set(loan.values.subarray(begin, end), at);
      if (end < parameter.size) return;
      loan?.giveBack();
      piece.loan = undefined;
      setGrad(parameter, null);
    });
  }

  /** Gives back what was read and not taken. */
  end(): void {
    for (const { loan } of this.#pieces) loan?.giveBack();
  }

  #visit(from: number, count: number, visit: (piece: Piece, overlap: Overlap) => void): void {
    this.#segments.visit(from, count, (overlap) => {
      const piece = this.#pieces[overlap.index];
      if (piece !== undefined) visit(piece, overlap);
    });
  }
}

/** All are borrowed when it ends, also where one has failed, so that all can be given back. */
async function borrowAll(pieces: readonly Piece[]): Promise<void> {
  const borrowed = await Promise.allSettled(pieces.map(borrow));
  for (const each of borrowed) if (each.status === "rejected") throw each.reason;
}

async function borrow(piece: Piece): Promise<void> {
  if (piece.gradient !== null) piece.loan = await lendFloats(piece.gradient);
}
