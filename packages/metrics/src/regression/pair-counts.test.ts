import { RandomStream } from "@lightning-ts/core";
import { expect, it } from "vitest";
import { countPairs } from "./pair-counts.js";

/** By looking at every pair. */
function counted(preds: Float64Array, target: Float64Array) {
  let [concordant, discordant, tiedPreds] = [0, 0, 0];
  for (let i = 0; i < preds.length; i += 1) {
    for (let j = 0; j < i; j += 1) {
      const x = (preds[i] ?? 0) - (preds[j] ?? 0);
      const y = (target[i] ?? 0) - (target[j] ?? 0);
      if (x * y > 0) concordant += 1;
      if (x * y < 0) discordant += 1;
      if (x === 0) tiedPreds += 1;
    }
  }
  return { concordant, discordant, tiedPreds };
}

it.each([0, 1, 2, 3, 17, 64, 65])("counts what looking at every pair counts, in %i rows with ties and NaN", (rows) => {
  const random = new RandomStream([7, 0]);
  for (const levels of [1, 3, 1000]) {
    const draw = (): number => {
      const level = Math.floor(random.uniform() * levels);
      return random.uniform() < 0.1 ? Number.NaN : level;
    };
    const [preds, target] = [Float64Array.from({ length: rows }, draw), Float64Array.from({ length: rows }, draw)];
    const found = countPairs({ preds, target });
    const { concordant, discordant, tiedPreds } = counted(preds, target);
    expect(found).toMatchObject({ rows, concordant, discordant });
    expect(found.preds.pairs).toBe(tiedPreds);
  }
});

it("counts a hundred thousand rows in less time than all pairs would need", () => {
  const length = 100_000;
  const preds = Float64Array.from({ length }, (_, i) => i);
  const found = countPairs({ preds, target: preds.toReversed() });
  expect(found).toMatchObject({ concordant: 0, discordant: (length * (length - 1)) / 2 });
});
