import { expect, it } from "vitest";
import { pointsOfScores } from "./curve-points.js";

const POINTS: readonly [title: string, scores: number[], targets: number[], thresholds: number[], tps: number[]][] = [
  ["ties and both signs", [0.5, -0.25, 0.5, 2, -3], [1, 0, 0, 1, 1], [2, 0.5, -0.25, -3], [1, 2, 2, 3]],
  ["both zeros", [0, -0, 1], [1, 1, 0], [1, 0], [0, 2]],
  ["NaN, each for itself", [Number.NaN, 0.5, Number.NaN], [1, 1, 0], [Number.NaN, Number.NaN, 0.5], [1, 1, 2]],
  [
    "infinities, each for itself",
    [Infinity, Infinity, -Infinity],
    [0, 1, 1],
    [Infinity, Infinity, -Infinity],
    [0, 1, 2],
  ],
  ["nothing", [], [], [], []],
];

it.each(POINTS)("knows %s", (_, scores, targets, thresholds, tps) => {
  const points = pointsOfScores({ scores: Float32Array.from(scores), targets: Int32Array.from(targets) }, 1);
  expect(points.thresholds.map((score) => score + 0)).toEqual(thresholds);
  expect(points.tps).toEqual(tps);
});

it("sorts as a comparison does, also the smallest and largest numbers", () => {
  const odd = [1e-45, -1e-45, 3.4e38, -3.4e38, 1e-38, 1, -1];
  const scores = Float32Array.from({ length: 3000 }, (_, i) => odd[i % 11] ?? Math.sin(i) * 10 ** ((i % 60) - 30));
  const targets = Int32Array.from(scores, (_, i) => i % 3);
  const { thresholds, tps, fps, positives, negatives, areTargetsZero } = pointsOfScores({ scores, targets }, 1);
  const different = [...new Set(scores)].toSorted((a, b) => b - a);
  expect(thresholds).toEqual(different);
  const above = (score: number) => [...scores.keys()].filter((i) => (scores[i] ?? 0) >= score);
  for (const i of [0, 1, 17, different.length - 1]) {
    const rows = above(different[i] ?? 0);
    expect(tps[i]).toBe(rows.filter((row) => targets[row] === 1).length);
    expect(fps[i]).toBe(rows.filter((row) => targets[row] !== 1).length);
  }
  expect([positives, negatives, areTargetsZero]).toEqual([1000, 2000, false]);
});
