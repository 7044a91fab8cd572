import { describe, expect, it } from "vitest";
import { readMetricStates, readPrecisionState, readRandomState } from "./stored-states.js";

describe("states in a checkpoint", () => {
  it("are read when they are what was written", () => {
    const random = { version: 1, seed: 7, positions: [["dropout", 12]] };
    expect(readRandomState(random)).toEqual(random);
    expect(readPrecisionState({ scale: 2, growth: 0 })).toEqual({ scale: 2, growth: 0 });
    const settings = { progBar: true };
    const metric = { name: "loss", dataloaderIdx: null, settings, latest: 1, accumulated: 1, weight: 1, count: 1 };
    expect(readMetricStates([["trainingStep", [metric]]])).toEqual([["trainingStep", [metric]]]);
    expect(readMetricStates([])).toEqual([]);
  });

  it.each<[string, () => unknown]>([
    ["the random streams", () => readRandomState({ version: 2, seed: 7, positions: [] })],
    ["the random streams", () => readRandomState({ version: 1, seed: "7", positions: [] })],
    ["the random streams", () => readRandomState({ version: 1, seed: 7 })],
    ["the random streams", () => readRandomState({ version: 1, seed: 7, positions: [["a", 1], ["b"]] })],
    ["the precision", () => readPrecisionState({ scale: "large" })],
    ["the metrics of the epoch", () => readMetricStates([["trainingStep"]])],
    ["the metrics of the epoch", () => readMetricStates([[1, []]])],
    ["the metrics of the epoch", () => readMetricStates([["trainingStep", [{ name: "loss" }]]])],
  ])("of %s are refused when they are something else", (what, read) => {
    expect(read).toThrow(
      expect.objectContaining({
        code: "LIT_CKPT_KEY",
        message: expect.stringContaining(`The checkpoint's state of ${what} cannot be read.`),
      }),
    );
  });
});
