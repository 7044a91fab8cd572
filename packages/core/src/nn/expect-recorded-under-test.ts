import { expect } from "vitest";
import { tf } from "../tensor/tf.js";

/** A tensor of PyTorch's, as the fixtures have it; JSON has no word for NaN and infinities. */
export interface RecordedTensor {
  readonly shape: readonly number[];
  readonly values: readonly (number | "NaN" | "Infinity" | "-Infinity")[];
}

/** How far a number may be from the recorded one, which is one of `all`. */
export type Allowance = (value: number, all: readonly number[]) => number;

/** Relative to the number itself, or to 1 where it is smaller. */
export function ofEach(tolerance: number): Allowance {
  return (value) => tolerance * Math.max(1, Math.abs(value));
}

/** Relative to the largest number of the tensor, or to 1. */
export function ofLargest(tolerance: number): Allowance {
  return (_value, all) => tolerance * Math.max(1, ...all.map(Math.abs));
}

/** @throws Error that names the element, where a tensor is not the recorded one */
export function expectRecorded(
  actual: tf.Tensor | null | undefined,
  expected: RecordedTensor | undefined,
  what: string,
  allowance: Allowance,
): void {
  if (actual === null || actual === undefined || expected === undefined) throw new Error(`${what} is missing`);
  expect(actual.shape, what).toEqual(expected.shape);
  const wanted = expected.values.map(Number);
  const received = actual.dataSync();
  wanted.forEach((value, i) => {
    const isClose =
      Object.is(received[i], value) || Math.abs((received[i] ?? Number.NaN) - value) <= allowance(value, wanted);
    if (!isClose) throw new Error(`${what}[${i}]: expected ${value}, received ${received[i]}`);
  });
}

/** A recorded tensor with its type; float32 where none was written. */
export interface TypedTensor extends RecordedTensor {
  readonly dtype?: "float32" | "int32" | "bool";
}

export function tensorOf({ values, shape, dtype }: TypedTensor): tf.Tensor {
  return tf.tensor(values.map(Number), [...shape], dtype ?? "float32");
}

/** A recorded argument: tensors wherever there are some, and undefined for Python's None. */
export function decoded(value: unknown): unknown {
  if (value === null) return undefined;
  if (Array.isArray(value)) return value.map(decoded);
  if (typeof value !== "object") return value;
  const entries = Object.entries(value as object);
  const tensor = entries.find(([key]) => key === "tensor")?.[1];
  return tensor === undefined
    ? Object.fromEntries(entries.map(([key, item]) => [key, decoded(item)]))
    : tensorOf(tensor as TypedTensor);
}
