import { Parameter } from "@lightning-ts/core";
import { expect, it } from "vitest";
import { bucketsOf } from "./buckets.js";

const MEGABYTE = 1024 * 1024;

/** The sizes in the buckets of parameters with these sizes in bytes. */
function sizesOf(bytes: readonly number[], bucketBytes: number): number[][] {
  const entries = bytes.map((each) => ({
    parameter: Parameter.fromData(new Float32Array(each / 4), [each / 4]),
    gradient: null,
  }));
  return bucketsOf(entries, bucketBytes).map((bucket) => bucket.map(({ parameter }) => parameter.size * 4));
}

it("begins with the last parameters and a small bucket, each closed by what makes it large enough", () => {
  const sizes = [MEGABYTE / 2, MEGABYTE, 4 * MEGABYTE, 2 * MEGABYTE, 4, MEGABYTE, 8];
  expect(sizesOf(sizes, 5 * MEGABYTE)).toEqual([
    [8, MEGABYTE],
    [4, 2 * MEGABYTE, 4 * MEGABYTE],
    [MEGABYTE, MEGABYTE / 2],
  ]);
});

it("has one bucket for little, none for nothing, and as small ones as are asked for", () => {
  expect(sizesOf([4, 8, 12], 25 * MEGABYTE)).toEqual([[12, 8, 4]]);
  expect(sizesOf([], MEGABYTE)).toEqual([]);
  expect(sizesOf([4, 8, 12], 1)).toEqual([[12], [8], [4]]);
});
