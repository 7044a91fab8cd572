import { describe, expect, it } from "vitest";
import { describeMissingMetric } from "./missing-metric.js";

describe("what is said of a metric that nobody logged", () => {
  it("names those that there are, and the nearest of them", () => {
    expect(describeMissingMetric("EarlyStopping", "val_los", { val_loss: 1, acc: 2 })).toEqual({
      message: 'EarlyStopping watches "val_los", which was not logged.',
      expected: "one of val_loss, acc",
      tryThis: 'monitor: "val_loss".',
    });
  });

  it("says how to log it where nothing is like it", () => {
    expect(describeMissingMetric("ModelCheckpoint", "val_loss", {})).toEqual({
      message: 'ModelCheckpoint watches "val_loss", which was not logged.',
      expected: "one of (nothing was logged)",
      tryThis: 'log("val_loss", …) in validationStep or trainingStep.',
    });
  });
});
