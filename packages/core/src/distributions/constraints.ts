import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { formatShape } from "../errors/shape-error.js";
import type { tf } from "../tensor/tf.js";

/** What the elements of a tensor have to be. */
export interface Constraint {
  /** Goes on after "Expected …". */
  readonly description: string;
  /** Whether rows of `width` elements, the last dimension, satisfy it. */
  readonly holds: (values: ArrayLike<number>, width: number) => boolean;
}

function elements(description: string, isFit: (value: number) => boolean): Constraint {
  return { description, holds: (values) => Array.prototype.every.call(values, isFit) };
}

export const real = elements("real numbers", (value) => !Number.isNaN(value));
export const positive = elements("numbers above 0", (value) => value > 0);
export const nonnegative = elements("numbers of at least 0", (value) => value >= 0);
export const unitInterval = elements("numbers from 0 to 1", (value) => value >= 0 && value <= 1);
export const zeroOrOne = elements("0 or 1", (value) => value === 0 || value === 1);

/** Whole numbers from 0 to `count - 1`. */
export function classIndex(count: number): Constraint {
  return elements(
    `whole numbers from 0 to ${count - 1}`,
    (value) => Number.isInteger(value) && value >= 0 && value < count,
  );
}

export const simplex: Constraint = {
  description: "rows of numbers of at least 0 whose sum is 1",
  holds: (values, width) =>
    nonnegative.holds(values, width) && rows(values, width).every((row) => Math.abs(sum(row) - 1) < 1e-6),
};

export const oneHot: Constraint = {
  description: "rows of zeros and one 1",
  holds: (values, width) => zeroOrOne.holds(values, width) && rows(values, width).every((row) => sum(row) === 1),
};

/** Probabilities up to a common factor. */
export const proportions: Constraint = {
  description: "rows of numbers of at least 0 whose sum is above 0",
  holds: (values, width) => nonnegative.holds(values, width) && rows(values, width).every((row) => sum(row) > 0),
};

/** Lower triangular matrices with a positive diagonal. */
export const lowerCholesky: Constraint = {
  description: "lower triangular matrices with a diagonal above 0",
  holds: (values, width) =>
    Array.prototype.every.call(values, (value: number, at: number) => {
      const [row, column] = [Math.floor(at / width) % width, at % width];
      return column < row ? !Number.isNaN(value) : column === row ? value > 0 : value === 0;
    }),
};

export const positiveDefinite: Constraint = {
  description: "symmetric positive definite matrices",
  holds: (values, width) => {
    const count = width === 0 ? 0 : values.length / (width * width);
    return Array.from({ length: count }, (_, k) => k * width * width).every((begin) =>
      isPositiveDefinite((row, column) => values[begin + row * width + column] ?? Number.NaN, width),
    );
  },
};

/** Whether the matrix is symmetric, and Cholesky's factor exists. */
function isPositiveDefinite(element: (row: number, column: number) => number, size: number): boolean {
  const factor: number[][] = [];
  for (let i = 0; i < size; i += 1) {
    const row: number[] = [];
    for (let j = 0; j <= i; j += 1) {
      const value = element(i, j);
      if (!(Math.abs(value - element(j, i)) <= 1e-6 * Math.max(1, Math.abs(value)))) return false;
      const other = j === i ? row : (factor[j] ?? []);
      const rest = row.reduce((left, one, k) => left - one * (other[k] ?? 0), value);
      if (j === i && !(rest > 0)) return false;
      row.push(j === i ? Math.sqrt(rest) : rest / (other[j] ?? 1));
    }
    factor.push(row);
  }
  return true;
}

/** @throws MisconfigurationError when it does not hold; a tensor is read */
export function requireConstraint(what: string, value: tf.Tensor | number, constraint: Constraint): void {
  const values = typeof value === "number" ? [value] : value.dataSync();
  const width = typeof value === "number" ? 1 : (value.shape.at(-1) ?? 1);
  if (constraint.holds(values, width)) return;
  const shown = Array.from(values).slice(0, 6).join(", ");
  throw new MisconfigurationError({
    code: "LIT_DISTRIBUTION",
    message: `The ${what} is not usable.`,
    expected: constraint.description,
    received:
      typeof value === "number" ? shown : `${shown}${values.length > 6 ? ", …" : ""} ${formatShape(value.shape)}`,
  });
}

function rows(values: ArrayLike<number>, width: number): number[][] {
  const count = width === 0 ? 0 : values.length / width;
  return Array.from({ length: count }, (_, row) =>
    Array.from({ length: width }, (_unused, i) => values[row * width + i] ?? 0),
  );
}

function sum(row: readonly number[]): number {
  return row.reduce((total, value) => total + value, 0);
}
