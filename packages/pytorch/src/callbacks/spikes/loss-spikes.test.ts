import { describe, expect, it } from "vitest";
import { LossSpikes, type SpikeRule } from "./loss-spikes.js";

const RULE: SpikeRule = { mode: "min", window: 3, atol: undefined, rtol: undefined, finiteOnly: true };

/** What the loss says after losses that were no spikes. */
function isSpike(loss: number, before: readonly number[], rule: Partial<SpikeRule> = {}): boolean {
  const spikes = new LossSpikes({ ...RULE, ...rule });
  for (const one of before) spikes.add(one);
  return spikes.isSpike(loss);
}

describe("a loss that jumps", () => {
  it("is worse than the one before", () => {
    expect([1, 2, 3].map((loss) => isSpike(loss, [2]))).toEqual([false, false, true]);
    expect([1, 2, 3].map((loss) => isSpike(loss, [2], { mode: "max" }))).toEqual([true, false, false]);
  });

  it("is at least as far from the running mean as asked for", () => {
    expect([2.5, 3, 4].map((loss) => isSpike(loss, [2, 2], { atol: 1 }))).toEqual([false, true, true]);
    expect([3.5, 4, 5].map((loss) => isSpike(loss, [2, 2], { rtol: 1 }))).toEqual([false, true, true]);
    expect([3, 4].map((loss) => isSpike(loss, [2, 2], { atol: 1, rtol: 1 }))).toEqual([false, true]);
    expect([3, 4].map((loss) => isSpike(loss, [2, 2], { atol: 2, rtol: 0.1 }))).toEqual([false, true]);
    expect(isSpike(-1, [-2, -2], { rtol: 0.5 })).toBe(true);
    expect(isSpike(2.5, [2, 2], { atol: -1 })).toBe(false);
  });

  it("is one that is not finite, where that counts", () => {
    expect([Number.NaN, Number.POSITIVE_INFINITY].map((loss) => isSpike(loss, [2]))).toEqual([true, true]);
    expect(isSpike(Number.NEGATIVE_INFINITY, [2], { finiteOnly: false })).toBe(false);
  });

  it("is compared with the newest losses, of which those that are not finite are left out", () => {
    const spikes = new LossSpikes({ ...RULE, window: 2 });
    for (const loss of [1, 2, Number.NaN, 3]) spikes.add(loss);
    expect([spikes.recent, spikes.lastLoss]).toEqual([[2, 3], 3]);
  });
});
