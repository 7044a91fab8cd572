import { describe, expect, it } from "vitest";
import { START, type Cursor } from "../../words/cursor.js";
import { cursorOfLoops, loopsOfCursor } from "./loop-states.js";

/** Counters of Python's loops. */
interface Loops {
  readonly epochs: readonly [ready: number, processed: number, completed: number];
  readonly all: readonly [ready: number, processed: number, completed: number];
  readonly batch: readonly [ready: number, processed: number, completed: number];
  readonly isLast?: unknown;
  readonly stepped?: unknown;
}

const counts = ([ready, processed, completed]: Loops["batch"]) => ({ ready, started: ready, processed, completed });
const loopsOf = ({ epochs, all, batch, isLast = false, stepped }: Loops) => ({
  fit_loop: {
    epoch_progress: { current: counts(epochs) },
    "epoch_loop.batch_progress": { total: counts(all), current: counts(batch), is_last_batch: isLast as boolean },
    "epoch_loop.state_dict": { _batches_that_stepped: stepped as number },
  },
});

const IN_EPOCH: Loops = { epochs: [2, 1, 1], all: [9, 9, 9], batch: [3, 3, 3] };

describe("the position of Python's loops", () => {
  const at = (loops: Loops, globalStep = 7) => cursorOfLoops(loopsOf(loops), globalStep, "x.ckpt");

  it("is after a batch and its validation, where the batch is complete", () => {
    expect(at(IN_EPOCH)).toEqual({
      epoch: 1,
      batch: 3,
      totalBatches: 9,
      globalStep: 7,
      batchesThatStepped: 7,
      phase: "validated",
      isWindowClosed: true,
      isLastBatch: false,
      cutAfter: null,
    });
  });

  it.each([
    ["at the end of a batch that is not complete", { batch: [3, 3, 2] }, { phase: "batchEnd", batch: 3 }],
    ["at the end of an epoch", { epochs: [2, 2, 1] }, { phase: "epochEnd", batch: 3 }],
    ["between epochs", { epochs: [2, 2, 2] }, { phase: "epochStart", batch: 0, epoch: 2 }],
    ["before the first batch", { batch: [1, 0, 0] }, { phase: "epochStart", batch: 0, epoch: 1 }],
    ["after the epoch's last batch", { isLast: true }, { isLastBatch: true }],
    ["between epochs, after a last batch", { epochs: [2, 2, 2], isLast: true }, { isLastBatch: false, batch: 0 }],
    ["before a first batch, with an old last one", { batch: [0, 0, 0], isLast: true }, { isLastBatch: false }],
    ["after a batch of which nobody says that it was the last", { isLast: "yes" }, { isLastBatch: false }],
    ["after windows of several batches", { stepped: 3 }, { batchesThatStepped: 3, globalStep: 7 }],
    ["where the windows are not known", { stepped: "3" }, { batchesThatStepped: 7 }],
  ] as const)("is %s", (_where, changes, expected) => {
    expect(at({ ...IN_EPOCH, ...changes })).toMatchObject(expected);
  });

  const readable = loopsOf(IN_EPOCH);
  it.each([
    ["no loops", undefined],
    ["loops that are a list", [1]],
    ["no loop of a fit", { validate_loop: {} }],
    ["no counters of epochs", { fit_loop: { ...readable.fit_loop, epoch_progress: {} } }],
    ["no counters of batches", { fit_loop: { ...readable.fit_loop, "epoch_loop.batch_progress": undefined } }],
    ["a negative counter", loopsOf({ ...IN_EPOCH, batch: [3, -1, 3] })],
    ["half an epoch", loopsOf({ ...IN_EPOCH, epochs: [2, 1, 0.5] })],
    ["a counter that is text", loopsOf({ ...IN_EPOCH, all: ["9" as never, 9, 9] })],
    ["a counter that is missing", loopsOf({ ...IN_EPOCH, batch: [undefined as never, 3, 3] })],
  ])("is refused in a file with %s", (_what, loops) => {
    expect(() => cursorOfLoops(Object(loops), 7, "x.ckpt")).toThrow(
      expect.objectContaining({
        code: "LIT_CKPT_KEY",
        message:
          "x.ckpt does not say where its run stood. Expected the counters of a fit, as Lightning 1.9 and later write them. Try: model.loadCheckpoint(path), and a fit without ckptPath to start anew from its weights.",
      }),
    );
  });

  it("may be the very beginning", () => {
    expect(at({ epochs: [0, 0, 0], all: [0, 0, 0], batch: [0, 0, 0] }, 0)).toEqual(START);
  });
});

describe("the loops that Python goes on from", () => {
  const CURSOR: Cursor = { ...START, epoch: 1, batch: 3, totalBatches: 9, globalStep: 7, batchesThatStepped: 5 };

  it("have all counters that its loops read", () => {
    const steps = { ready: 7, completed: 7 };
    const zeroGrad = { ready: 7, started: 7, completed: 7 };
    const none = { ready: 0, started: 0, processed: 0, completed: 0 };
    const epochs = { ready: 2, started: 2, processed: 1, completed: 1 };
    expect(loopsOfCursor({ ...CURSOR, phase: "validated", isLastBatch: true })).toEqual({
      fit_loop: {
        state_dict: {},
        "epoch_loop.state_dict": { _batches_that_stepped: 5 },
        "epoch_loop.batch_progress": {
          total: { ready: 9, started: 9, processed: 9, completed: 9 },
          current: { ready: 3, started: 3, processed: 3, completed: 3 },
          is_last_batch: true,
        },
        "epoch_loop.scheduler_progress": { total: { ready: 0, completed: 0 }, current: { ready: 0, completed: 0 } },
        "epoch_loop.automatic_optimization.state_dict": {},
        "epoch_loop.automatic_optimization.optim_progress": {
          optimizer: { step: { total: steps, current: steps }, zero_grad: { total: zeroGrad, current: zeroGrad } },
        },
        "epoch_loop.manual_optimization.state_dict": {},
        "epoch_loop.manual_optimization.optim_step_progress": { total: steps, current: steps },
        "epoch_loop.val_loop.state_dict": {},
        "epoch_loop.val_loop.batch_progress": { total: none, current: none, is_last_batch: false },
        epoch_progress: { total: epochs, current: epochs },
      },
    });
  });

  it.each([
    ["epochStart", [1, 1, 1], [3, 3, 3]],
    ["inBatch", [2, 1, 1], [4, 4, 3]],
    ["batchEnd", [2, 1, 1], [3, 3, 2]],
    ["validated", [2, 1, 1], [3, 3, 3]],
    ["betweenBatches", [2, 1, 1], [3, 3, 3]],
    ["epochEnd", [2, 2, 1], [3, 3, 3]],
  ] as const)("stand, at %s, at the epochs %j and the batches %j", (phase, epochs, batch) => {
    const { fit_loop: loop } = loopsOfCursor({ ...CURSOR, phase });
    expect(loop).toMatchObject({
      epoch_progress: { current: counts(epochs) },
      "epoch_loop.batch_progress": { current: counts(batch) },
    });
  });

  it("are read again as where they stand", () => {
    for (const phase of ["batchEnd", "validated", "epochEnd"] as const) {
      const cursor = { ...CURSOR, phase, isLastBatch: phase === "epochEnd" };
      expect(cursorOfLoops(loopsOfCursor(cursor), 7, "x")).toEqual(cursor);
    }
  });
});
