import { TensorBuffer } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { readMetricObject, readMetricStates, readPrecisionState, readRandomState } from "./stored-states.js";

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

  it("name what cannot be read, and what to try", () => {
    expect(() => readPrecisionState({ scale: "large" })).toThrow(
      /^The checkpoint's state of the precision cannot be read\. Received \{"scale":"large"\}\. Try: an earlier checkpoint\.$/,
    );
  });

  it("of the random streams hold positions and nothing else", () => {
    const random = { version: 1, seed: 7, positions: [["a", 1]] };
    for (const positions of [{}, "abc", [["a", 1], 3], [[1, 1]], [["a", "1"]], [{ 0: "a", 1: 1 }]])
      expect(() => readRandomState({ ...random, positions: positions as never })).toThrow(
        /random streams cannot be read/,
      );
    expect(readRandomState({ ...random, positions: [] }).positions).toEqual([]);
  });

  it("of metrics hold every field, in every entry", () => {
    const metric = { name: "loss", settings: {}, latest: 1, accumulated: 1, weight: 1, count: 1 };
    const read = (metrics: unknown) => readMetricStates([["trainingStep", metrics]] as never);
    expect(read([metric])).toHaveLength(1);
    for (const name of ["name", "settings", "accumulated", "weight", "count"])
      expect(() => read([{ ...metric, [name]: undefined }]), name).toThrow(/metrics of the epoch cannot be read/);
    for (const metrics of [[metric, 3], [3], {}, "abc", [metric, { ...metric, count: "1" }]])
      expect(() => read(metrics)).toThrow(/metrics of the epoch cannot be read/);
    const entries: unknown[][] = [[["trainingStep", []], 3], [3], ["ab"], [{ 0: "trainingStep", 1: [] }]];
    for (const state of entries)
      expect(() => readMetricStates(state as never)).toThrow(/metrics of the epoch cannot be read/);
  });

  it("of a metric object are its count and its tensors", () => {
    const values = { total: new TensorBuffer([1], "float32", new Float32Array([5])) };
    const state = { version: 1, updateCount: 3, values };
    expect(readMetricObject("accuracy", state)).toEqual(state);
    const damaged: Record<string, unknown> = { version: 2, updateCount: "3", values: [] };
    for (const [name, value] of Object.entries(damaged))
      expect(() => readMetricObject("accuracy", { ...state, [name]: value } as never), name).toThrow(
        /^The checkpoint's state of the metric accuracy cannot be read\./,
      );
    expect(() => readMetricObject("accuracy", [1])).toThrow(/the metric accuracy cannot be read/);
    expect(() => readMetricObject("accuracy", { ...state, values: { ...values, count: 3 } })).toThrow(
      /the metric accuracy cannot be read/,
    );
  });
});
