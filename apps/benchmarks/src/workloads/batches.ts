import { RandomStream } from "@lightning-ts/core";

/** Repeatable numbers; what they are does not matter for time. */
const stream = RandomStream.named("benchmark");

export function normalNumbers(count: number): Float32Array {
  return stream.fillNormal(new Float32Array(count));
}

/** Whole numbers from 0 to `limit` - 1. */
export function wholeNumbers(count: number, limit: number): Int32Array {
  return Int32Array.from({ length: count }, () => Math.floor(stream.uniform() * limit));
}
