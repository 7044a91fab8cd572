import { sizeOf } from "../reference/shapes.js";
import type { DType, Entry } from "./program.js";
import type { Tape } from "./tape.js";
import { FLOAT_KINDS, indexText, valueText, type ValueKind } from "./values.js";

export interface InputWish {
  readonly dtype?: DType;
  readonly shape?: readonly number[];
  readonly rank?: readonly [least: number, most: number];
  readonly kinds?: readonly ValueKind[];
  /** A new leaf always, for operands whose values are restricted. */
  readonly isFresh?: boolean;
  /** Most elements of a new leaf. @default the program's */
  readonly most?: number;
}

export interface Operand {
  readonly index: number;
  readonly shape: readonly number[];
  readonly dtype: DType;
}

const LENGTHS = [
  2, 3, 1, 5, 4, 7, 8, 11, 13, 16, 17, 31, 32, 33, 64, 65, 97, 127, 128, 129, 255, 257, 384, 511, 769, 1009, 1024, 1025,
  2053, 4099,
];

/** Decides, reading from a tape, what the next operation of a program works on. */
export class Draw {
  constructor(
    readonly tape: Tape,
    readonly entries: Entry[],
    /** How many elements the program's tensors have at most. */
    readonly budget: number,
  ) {}

  /** A tensor that the program has, or a new leaf. */
  input(wish: InputWish = {}): Operand {
    const { dtype = "float32", isFresh = false } = wish;
    const fitting = isFresh
      ? []
      : this.entries.flatMap((entry, index) =>
          fits(entry, wish) ? [{ index, shape: entry.shape, dtype: entry.dtype }] : [],
        );
    if (fitting.length > 0 && this.tape.below(4) > 0) return this.tape.pick(fitting.toReversed());
    const shape = wish.shape ?? this.shape(wish.rank ?? [0, 4], wish.most);
    const kind = dtype === "float32" ? this.tape.pick(wish.kinds ?? FLOAT_KINDS) : dtype === "bool" ? "bit" : "whole";
    return this.leaf(shape, dtype, valueText(kind, this.tape.below(100)));
  }

  /** Class numbers, row numbers: whole numbers below `count`. */
  indices(shape: readonly number[], count: number, least = 0): Operand {
    return this.leaf(shape, "int32", indexText(count - least, this.tape.below(100), least));
  }

  leaf(shape: readonly number[], dtype: DType, text: string): Operand {
    this.entries.push({ kind: "leaf", shape, dtype, text });
    return { index: this.entries.length - 1, shape, dtype };
  }

  /** Odd shapes within the budget: small primes, ones, a large leading axis, long rows. */
  shape([least, most]: readonly [number, number], elements = this.budget): number[] {
    const rank = least + this.tape.below(most - least + 1);
    const shape = Array.from({ length: rank }, () => 1);
    if (rank === 0) return shape;
    const budget = Math.min(elements, this.budget);
    const style = this.tape.pick(["even", "leading", "trailing"] as const);
    const long = style === "leading" ? 0 : rank - 1;
    const order = style === "even" ? shape.map((_, i) => i) : [...shape.keys()].filter((axis) => axis !== long);
    let room = budget;
    for (const axis of order) {
      const lengths = LENGTHS.filter(
        (length) => length <= Math.max(1, style === "even" ? budget ** (1 / rank) * 2 : Math.min(17, room)),
      );
      shape[axis] = Math.min(this.tape.pick(lengths.length === 0 ? [1] : lengths), Math.max(1, Math.floor(room)));
      room /= shape[axis]!;
    }
    if (style !== "even")
      shape[long] = Math.max(1, Math.floor(room) - this.tape.below(Math.max(1, Math.floor(room / 2))));
    return shape;
  }

  /** One axis, counted from either end. */
  axis(shape: readonly number[]): number {
    return this.tape.below(shape.length);
  }

  /** Some axes in ascending order; all of them is the first choice. */
  axes(shape: readonly number[]): number[] {
    const every = shape.map((_, axis) => axis);
    if (shape.length < 2) return every;
    const mask = this.tape.below(2 ** shape.length - 1);
    return mask === 0 ? every : every.filter((axis) => (mask >> axis) % 2 === 1);
  }
}

function fits(
  entry: Entry,
  { dtype = "float32", shape, rank = [0, 6], most = Number.POSITIVE_INFINITY }: InputWish,
): boolean {
  if (entry.dtype !== dtype || sizeOf(entry.shape) > most) return false;
  if (shape !== undefined)
    return entry.shape.length === shape.length && entry.shape.every((length, i) => length === shape[i]);
  return entry.shape.length >= rank[0] && entry.shape.length <= rank[1];
}
