import { describe, expect, it } from "vitest";
import { nearestName } from "./nearest-name.js";
import { rejectUnknownOptions } from "./reject-unknown-options.js";

const OPTIONS = ["maxEpochs", "minEpochs", "accelerator", "lr"];

describe("nearestName", () => {
  it.each([
    ["max_epochs", "maxEpochs"],
    ["maxEpoch", "maxEpochs"],
    ["accelarator", "accelerator"],
    ["rl", "lr"],
  ])("finds for %s the name %s", (name, expected) => expect(nearestName(name, OPTIONS)).toBe(expected));

  it("finds nothing when no name is close", () => expect(nearestName("callbacks", OPTIONS)).toBeUndefined());
});

describe("rejectUnknownOptions", () => {
  it("names the owner, the option and the nearest one", () => {
    expect(() => rejectUnknownOptions("Trainer", { maxEpoch: 1 }, OPTIONS)).toThrow('Trainer has no option "maxEpoch"');
    expect(() => rejectUnknownOptions("Trainer", { maxEpoch: 1 }, OPTIONS)).toThrow("Try: maxEpochs");
  });

  it("accepts options that exist", () =>
    expect(() => rejectUnknownOptions("Trainer", { lr: 1 }, OPTIONS)).not.toThrow());
});
