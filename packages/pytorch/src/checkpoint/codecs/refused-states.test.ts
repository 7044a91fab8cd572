import { CheckpointFormatError } from "@lightning-ts/fabric";
import { describe, expect, it } from "vitest";
import { START } from "../../words/cursor.js";
import { readCursor } from "./checkpoint-tree.js";
import { refuseUnreadable } from "./refuse-unreadable.js";
import { readMetricStates, readRandomState } from "./stored-states.js";

function failureOf(call: () => unknown): unknown {
  try {
    call();
    return "none";
  } catch (error) {
    return error;
  }
}

describe("a state that is there and cannot be read", () => {
  it.each<[unknown, string]>([
    [null, "null"],
    [3, "3"],
    [1e21, "1e+21"],
    ["text", '"text"'],
    [[1], "[1]"],
  ])("is refused: %o", (value, received) => {
    const failure = failureOf(() => refuseUnreadable(value as never, "metrics", { path: "/a.ckpt" }));
    expect(failure).toBeInstanceOf(CheckpointFormatError);
    expect(String(failure)).toContain("/a.ckpt");
    expect(String(failure)).toContain(
      `metrics cannot be read. Expected a state as a run writes it. Received ${received}.`,
    );
  });

  it("is something else than one that is not there", () => {
    expect(failureOf(() => refuseUnreadable(undefined, "metrics", { path: "/a.ckpt" }))).toBe("none");
  });
});

describe("a position", () => {
  const cursor = { ...START, epoch: 2, cutAfter: 3 };

  it("is read where all of it is there", () => {
    expect(readCursor({ ...cursor })).toEqual(cursor);
    expect(readCursor({ ...cursor, cutAfter: null })).toEqual({ ...cursor, cutAfter: null });
  });

  it.each<[string, unknown]>([
    ...["epoch", "batch", "totalBatches", "globalStep", "batchesThatStepped"].flatMap((name): [string, unknown][] => [
      [name, { ...cursor, [name]: "3" }],
      [name, { ...cursor, [name]: -1 }],
      [name, { ...cursor, [name]: 0.5 }],
    ]),
    ["cutAfter", { ...cursor, cutAfter: "3" }],
    ["cutAfter", { ...cursor, cutAfter: -1 }],
    ["cutAfter", { ...cursor, cutAfter: undefined }],
    ["phase", { ...cursor, phase: "late" }],
    ["isWindowClosed", { ...cursor, isWindowClosed: 1 }],
    ["isLastBatch", { ...cursor, isLastBatch: "no" }],
    ["all of it", "epoch 2"],
    ["all of it", undefined],
    ["all of it", [cursor]],
  ])("is refused where %s cannot be read", (_what, value) => {
    expect(failureOf(() => readCursor(value as never))).toMatchObject({
      code: "LIT_CKPT_KEY",
      message: expect.stringContaining("The checkpoint has no readable position to resume from."),
    });
  });
});

describe("what an epoch had collected", () => {
  const settings = {
    ...{ progBar: true, logger: false, onStep: true, onEpoch: false, addDataloaderIdx: true },
    ...{ reduceFx: "mean", metricAttribute: "acc", syncDist: true },
  };
  const metric = { name: "loss", dataloaderIdx: 1, settings, latest: 2, accumulated: 3, weight: 4, count: 5 };
  const isRead = (changed: object) =>
    failureOf(() => readMetricStates([["trainingStep", [Object({ ...metric, ...changed })]]])) === "none";

  it("is read where it is as it was written, or by a version that knew less", () => {
    expect(isRead({})).toBe(true);
    expect([isRead({ dataloaderIdx: null }), isRead({ dataloaderIdx: undefined })]).toEqual([true, true]);
    expect(isRead({ latest: null })).toBe(true);
    expect(isRead({ settings: {} })).toBe(true);
    for (const name of Object.keys(settings))
      expect(isRead({ settings: { ...settings, [name]: undefined } }), name).toBe(true);
  });

  it.each<[object]>([
    [{ name: "" }],
    [{ name: 3 }],
    [{ dataloaderIdx: -1 }],
    [{ dataloaderIdx: "1" }],
    [{ latest: "2" }],
    [{ latest: undefined }],
    [{ accumulated: null }],
    [{ weight: -1 }],
    [{ count: 0.5 }],
    [{ settings: null }],
    [{ settings: [] }],
  ])("is refused with %o", (changed) => {
    expect(isRead(changed)).toBe(false);
  });

  it.each(["progBar", "logger", "onStep", "onEpoch", "addDataloaderIdx", "syncDist"])("has a flag %s", (name) => {
    expect([
      isRead({ settings: { ...settings, [name]: false } }),
      isRead({ settings: { ...settings, [name]: 1 } }),
    ]).toEqual([true, false]);
  });

  it.each(["reduceFx", "metricAttribute"])("has a name %s", (name) => {
    for (const bad of ["", 3, null]) expect(isRead({ settings: { ...settings, [name]: bad } })).toBe(false);
  });
});

it("positions of random streams have names", () => {
  const read = (name: unknown) =>
    failureOf(() => readRandomState({ version: 1, seed: 7, positions: [[name, 3]] as never }));
  expect(read("dropout")).toBe("none");
  expect(read("")).toMatchObject({ code: "LIT_CKPT_KEY" });
});
