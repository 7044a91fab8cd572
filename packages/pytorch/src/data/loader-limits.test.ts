import { describe, expect, it } from "vitest";
import { batchesToUse } from "./loader-limits.js";

const UNKNOWN = Number.POSITIVE_INFINITY;

describe("how many batches of a loader a stage uses", () => {
  it.each([
    ["at most the count", 5, { kind: "count", count: 3 }, 3],
    ["at most what there is", 2, { kind: "count", count: 3 }, 2],
    ["a count of an unknown length", UNKNOWN, { kind: "count", count: 3 }, 3],
    ["all of it", 5, { kind: "fraction", fraction: 1 }, 5],
    ["all of an unknown length", UNKNOWN, { kind: "fraction", fraction: 1 }, UNKNOWN],
    ["a part, rounded down", 5, { kind: "fraction", fraction: 0.5 }, 2],
    ["exactly one batch", 4, { kind: "fraction", fraction: 0.25 }, 1],
    ["nothing, where nothing is wanted", 5, { kind: "fraction", fraction: 0 }, 0],
    ["a part of nothing", 0, { kind: "fraction", fraction: 0.5 }, 0],
  ] as const)("is %s", (_name, length, limit, expected) => {
    expect(batchesToUse(length, limit, "limitTrainBatches")).toBe(expected);
  });

  it("is refused for a part of an unknown length", () => {
    expect(() => batchesToUse(UNKNOWN, { kind: "fraction", fraction: 0.5 }, "limitTrainBatches")).toThrow(
      expect.objectContaining({
        message:
          "limitTrainBatches is a fraction, but the length of the loader is unknown. Received 0.5. Try: a whole number of batches.",
      }),
    );
  });

  it("is refused for a part that is less than one batch", () => {
    expect(() => batchesToUse(4, { kind: "fraction", fraction: 0.2 }, "limitValBatches")).toThrow(
      expect.objectContaining({
        message:
          "limitValBatches: 0.2 of 4 batches is less than one batch. Try: at least 0.25, or a whole number of batches.",
      }),
    );
  });
});
