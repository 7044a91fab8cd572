import { describe, expect, it } from "vitest";
import { describeCursor, moveCursor, resumePosition, START, type Cursor, type CursorEvent } from "./cursor.js";

function after(...events: CursorEvent[]): Cursor {
  const cursor = { ...START };
  for (const event of events) moveCursor(cursor, event);
  return cursor;
}
const batch = (isWindowClosed: boolean, isLastBatch: boolean): CursorEvent[] => [
  { type: "batchBegins" },
  ...(isWindowClosed ? [{ type: "stepped" } as const] : []),
  { type: "batchTrained", isWindowClosed, isLastBatch },
  { type: "batchDone" },
];

describe("the position of a fit", () => {
  it("counts batches, steps, windows and epochs", () => {
    const twoBatches: CursorEvent[] = [{ type: "epochBegins" }, ...batch(false, false), ...batch(true, true)];
    expect(after(...twoBatches)).toMatchObject({
      epoch: 0,
      batch: 2,
      totalBatches: 2,
      globalStep: 1,
      batchesThatStepped: 1,
      phase: "betweenBatches",
    });
    expect(after(...twoBatches, { type: "batchesDone" }, { type: "epochDone", isCut: false })).toMatchObject({
      epoch: 1,
      batch: 0,
      totalBatches: 2,
      globalStep: 1,
      phase: "epochStart",
      cutAfter: null,
    });
  });

  it("raises the loggers' x only after the validation that follows a batch", () => {
    const trained = [...batch(true, false)].slice(0, 3);
    expect(after({ type: "epochBegins" }, ...trained, { type: "validated" })).toMatchObject({
      phase: "validated",
      batchesThatStepped: 0,
    });
  });

  it("takes back that a batch is done which turns out to be the last", () => {
    const trained: CursorEvent[] = [{ type: "epochBegins" }, ...batch(true, false)];
    const last = { phase: "batchEnd", isLastBatch: true, batchesThatStepped: 0 } as const;
    expect(after(...trained, { type: "wasLastBatch" })).toMatchObject(last);
    expect(after(...trained.slice(0, -1), { type: "wasLastBatch" })).toMatchObject(last);
    const validated = [...trained.slice(0, -1), { type: "validated" }, { type: "wasLastBatch" }] as const;
    expect(after(...validated)).toMatchObject({ ...last, phase: "validated" });
    const inWindow: CursorEvent[] = [{ type: "epochBegins" }, ...batch(false, false)];
    expect(after(...inWindow, { type: "wasLastBatch" })).toMatchObject(last);
  });

  it("is described for people", () => {
    expect(describeCursor({ ...START, epoch: 2, batch: 17, globalStep: 145 })).toBe(
      "epoch 2, batch 17 (global step 145)",
    );
  });
});

describe("resuming", () => {
  it("goes back into an epoch that was cut short", () => {
    const cut = after(
      { type: "epochBegins" },
      ...batch(true, false),
      { type: "batchesDone" },
      { type: "epochDone", isCut: true },
    );
    expect(cut).toMatchObject({ epoch: 1, cutAfter: 1 });
    expect(resumePosition(cut)).toMatchObject({ epoch: 0, batch: 1, phase: "betweenBatches" });
  });

  it("stays at the end of an epoch that was whole", () => {
    const end = after({ type: "epochBegins" }, ...batch(true, true), { type: "batchesDone" });
    expect(resumePosition(end)).toEqual(end);
    expect(resumePosition({ ...end, isLastBatch: false })).toMatchObject({ phase: "betweenBatches" });
  });
});
