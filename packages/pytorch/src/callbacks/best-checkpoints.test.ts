import { describe, expect, it } from "vitest";
import { BestCheckpoints } from "./best-checkpoints.js";

function filled(mode: "min" | "max", limit: number, scores: readonly number[]): BestCheckpoints {
  const best = new BestCheckpoints(mode, limit);
  for (const [index, score] of scores.entries()) best.add(`${index}.ckpt`, score);
  return best;
}

describe("BestCheckpoints", () => {
  it("knows the best and the worst, the first of those that are equal", () => {
    const scores = [2, 1, 1, 3, 3];
    const [lowest, highest] = [
      { path: "1.ckpt", score: 1 },
      { path: "3.ckpt", score: 3 },
    ];
    expect(filled("min", -1, scores)).toMatchObject({ best: lowest, worst: highest });
    expect(filled("max", -1, scores)).toMatchObject({ best: highest, worst: lowest });
    expect(filled("max", -1, [])).toMatchObject({ best: undefined, worst: undefined });
  });

  it("names the one that goes next, once it is full", () => {
    expect(filled("min", 2, [1]).next).toBeUndefined();
    expect(filled("min", 2, [1, 2]).next).toBe("1.ckpt");
    expect(filled("min", -1, [1, 2]).next).toBeUndefined();
  });

  it("accepts what is better than the worst, while it has room anything, and with a limit of 0 nothing", () => {
    const full = filled("min", 2, [1, 3]);
    expect([2.9, 3, 3.1, Number.NaN].map((score) => full.accepts(score))).toEqual([true, false, false, false]);
    expect(filled("min", 2, [1]).accepts(Number.NaN)).toBe(true);
    expect(filled("min", -1, [1, 2, 3]).accepts(9)).toBe(true);
    expect(filled("min", 0, []).accepts(-9)).toBe(false);
  });

  it("lets the worst go for a new file, and none for one that is there already", () => {
    const best = filled("max", 2, [1, 2]);
    expect(best.add("1.ckpt", 0)).toBeUndefined();
    expect(best.scores).toEqual({ "0.ckpt": 1, "1.ckpt": 0 });
    expect(best.add("new.ckpt", 5)).toBe("1.ckpt");
    expect(best.scores).toEqual({ "0.ckpt": 1, "new.ckpt": 5 });
  });

  it("takes NaN for the worst score of its mode", () => {
    expect(filled("min", 1, [Number.NaN]).scores).toEqual({ "0.ckpt": Number.POSITIVE_INFINITY });
    expect(filled("max", 1, [Number.NaN]).scores).toEqual({ "0.ckpt": Number.NEGATIVE_INFINITY });
    expect(filled("max", 1, []).normalize(4)).toBe(4);
  });

  it("forgets files, and all of its own when others are restored", () => {
    const best = filled("min", 3, [1, 2, 3]);
    best.remove("1.ckpt");
    expect(best.scores).toEqual({ "0.ckpt": 1, "2.ckpt": 3 });
    best.restore([["old.ckpt", 7]]);
    expect(best.scores).toEqual({ "old.ckpt": 7 });
  });
});
