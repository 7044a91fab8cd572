import { expect, it } from "vitest";
import { readIdx } from "./read-idx.js";

const header = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3];

it("reads shape and elements", () => {
  const { values, shape } = readIdx(Uint8Array.from([...header, 1, 2, 3, 4, 5, 6]));
  expect(shape).toEqual([2, 3]);
  expect([...values]).toEqual([1, 2, 3, 4, 5, 6]);
});

it("refuses a file that is shorter or longer than it says, or of another kind", () => {
  expect(() => readIdx(Uint8Array.from([...header, 1, 2, 3]))).toThrow("should hold 6 elements of [2, 3]; it holds 3");
  expect(() => readIdx(Uint8Array.from([...header, 1, 2, 3, 4, 5, 6, 7]))).toThrow("it holds 7");
  expect(() => readIdx(Uint8Array.from(header.slice(0, 9)))).toThrow("ends inside its header");
  expect(() => readIdx(Uint8Array.from([0x1f, 0x8b, 8, 0]))).toThrow("Not an IDX file");
});
