import { expect, it } from "vitest";
import { Segments, type Overlap } from "./segments.js";

const LENGTHS = [3, 0, 2, 4];

it.each([
  [0, 3],
  [2, 2],
  [3, 6],
  [0, 9],
  [8, 5],
  [1, 0],
])("finds what lies from %i on, %i elements", (from, count) => {
  const segments = new Segments(LENGTHS);
  const all = LENGTHS.flatMap((length, index) => Array.from({ length }, (_, place) => [index, place]));
  const found: [at: number, index: number, place: number][] = [];
  segments.visit(from, count, ({ index, begin, end, at }) => {
    for (let place = begin; place < end; place++) found.push([at + place - begin, index, place]);
  });
  expect(segments.length).toBe(9);
  expect(found).toEqual(all.slice(from, from + count).map(([index, place], at) => [at, index, place]));
});

it("visits an empty segment in the middle of a range", () => {
  const visited: Overlap[] = [];
  new Segments(LENGTHS).visit(2, 2, (overlap) => visited.push(overlap));
  expect(visited).toEqual([
    { index: 0, begin: 2, end: 3, at: 0 },
    { index: 1, begin: 0, end: 0, at: 1 },
    { index: 2, begin: 0, end: 1, at: 1 },
  ]);
});
