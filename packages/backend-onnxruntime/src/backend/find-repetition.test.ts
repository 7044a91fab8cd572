import { expect, it } from "vitest";
import { findRepetition } from "./find-repetition.js";

const sequence = (text: string): Int32Array => Int32Array.from(text, (letter) => letter.charCodeAt(0));

it("finds what repeats at the end, wherever it starts", () => {
  expect(findRepetition(sequence("xyzw" + "abcde".repeat(5)), 4)).toEqual({ start: 4, period: 5 });
  expect(findRepetition(sequence("abcde".repeat(5) + "abc"), 4)).toEqual({ start: 0, period: 5 });
  expect(findRepetition(sequence("a".repeat(30)), 4)).toEqual({ start: 0, period: 1 });
});

it("prefers the whole step to what repeats within it", () => {
  const step = "ab" + "cd".repeat(6);
  expect(findRepetition(sequence("first" + step.repeat(4)), 4)).toEqual({ start: 5, period: step.length });
});

it("finds nothing where the end is new or came too rarely", () => {
  expect(findRepetition(sequence("abcde".repeat(9) + "x"), 2)).toBeUndefined();
  expect(findRepetition(sequence("abcdefghij".repeat(3)), 4)).toBeUndefined();
  expect(findRepetition(sequence("abcdefghijklm"), 1)).toBeUndefined();
  expect(findRepetition(new Int32Array(0), 1)).toBeUndefined();
});

it("needs no second repetition where one is all that there is room for", () => {
  expect(findRepetition(sequence("abcdefghijklm" + "abcdefgh"), 1)).toEqual({ start: 0, period: 13 });
});

it("takes a time proportional to the length", () => {
  const random = Int32Array.from({ length: 100_000 }, (_, i) => (Math.imul(i, 2_654_435_761) >>> 28) % 2);
  const periodic = Int32Array.from({ length: 100_000 }, (_, i) => (i % 977 === 0 ? 1 : 0));
  const start = performance.now();
  expect(findRepetition(periodic, 4)).toEqual({ start: 0, period: 977 });
  findRepetition(random, 4);
  expect(performance.now() - start).toBeLessThan(1000);
});
