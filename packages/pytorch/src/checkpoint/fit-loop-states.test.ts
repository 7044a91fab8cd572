import { ArrayDataset, DataLoader } from "@lightning-ts/core";
import { Messages, shareOfRank, type LoadedValue } from "@lightning-ts/fabric";
import { FakeTerminal } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { StageData } from "../data/stage-data.js";
import { Driver } from "../door/driver.js";
import { START, type Cursor } from "../words/cursor.js";
import { fitPosition, loaderStates, type TrainingLoaders } from "./fit-loop-states.js";
import type { CheckpointFile, Participant } from "./participant.js";

const FILE = { path: "/last.ckpt", entries: [] };

function restore(part: Participant, state: unknown, file: CheckpointFile = FILE): unknown {
  try {
    return new Driver().run(part.restore(state as LoadedValue, file));
  } catch (error) {
    return error;
  }
}

const stateOf = (part: Participant): unknown => new Driver().run(part.state());

describe("the position of a fit in a checkpoint", () => {
  const positionAt = (cursor: Cursor, maxEpochs = -1) => {
    const restored: Cursor[] = [];
    return { position: { cursor, maxEpochs, restore: (one: Cursor) => void restored.push(one) }, restored };
  };
  const moved: Cursor = { ...START, epoch: 2, batch: 3, totalBatches: 9, globalStep: 8, batchesThatStepped: 8 };

  it("is kept as it stands, beside the loaders", () => {
    const { position } = positionAt(moved);
    const part = fitPosition(position);
    expect(part.key).toEqual(["loops", "fit_loop"]);
    expect(stateOf(part)).toEqual({ version: 1, cursor: moved });
    expect(Reflect.get(Object(stateOf(part)), "cursor")).not.toBe(moved);
  });

  it("comes back, and a batch that was being trained is left out", () => {
    const between = { ...moved, phase: "betweenBatches" } as const;
    const { position, restored } = positionAt(START);
    restore(fitPosition(position), { version: 1, cursor: between });
    restore(fitPosition(position), { version: 1, cursor: { ...moved, phase: "inBatch" } });
    expect(restored).toEqual([
      { ...between, cutAfter: null },
      { ...between, batch: 4, cutAfter: null },
    ]);
  });

  it("must not lie behind maxEpochs", () => {
    const { position, restored } = positionAt(START, 1);
    expect(restore(fitPosition(position), { version: 1, cursor: { ...moved, phase: "betweenBatches" } })).toMatchObject(
      {
        code: "LIT_RESUME",
        message: "/last.ckpt was written after epoch 2, but maxEpochs is 1. Try: a larger maxEpochs.",
      },
    );
    expect(restored).toEqual([]);
    const atEnd = positionAt(START, 2);
    restore(fitPosition(atEnd.position), { version: 1, cursor: { ...moved, phase: "betweenBatches" } });
    expect(atEnd.restored).toHaveLength(1);
  });

  it("is missing where a file holds weights only", () => {
    const message =
      "/last.ckpt holds weights only, so training cannot be resumed from it. Try: a checkpoint saved without weightsOnly, or model.loadCheckpoint(path) and a fit without ckptPath to start anew from its weights.";
    expect(restore(fitPosition(positionAt(START).position), undefined)).toMatchObject({
      code: "LIT_CKPT_KEY",
      message,
    });
    expect(restore(loaderStates(loaders([1, 2]).fit), undefined)).toMatchObject({ code: "LIT_CKPT_KEY", message });
  });

  it("has no loaders in a file of Python's, and is refused where a file of ours has lost them", () => {
    const ours = { path: "/last.ckpt", entries: ["lightning-ts_version"] };
    const state = { version: 1, cursor: { ...moved }, batches: 2 };
    expect(restore(loaderStates(loaders([1, 2]).fit), state)).toBeUndefined();
    for (const lost of [state, { ...state, loaders: "none" }])
      expect(restore(loaderStates(loaders([1, 2]).fit), lost, ours)).toMatchObject({
        code: "LIT_CKPT_KEY",
        message: expect.stringMatching(
          /^\/last\.ckpt has no usable loops\.fit_loop\.loaders, so its run cannot be resumed\. Expected a list of the training loaders' positions\. Received .*\. Try: an earlier checkpoint\.$/,
        ),
      });
    expect(restore(loaderStates(loaders([1, 2]).fit), { ...state, loaders: null }, ours)).toBeUndefined();
  });

  it("is refused in a file of ours of another version; one of Python's says none", () => {
    const own = { path: "/last.ckpt", entries: ["lightning-ts_version"] };
    const state = { cursor: { ...moved, phase: "betweenBatches" } };
    for (const [version, received] of [
      [2, "2"],
      [undefined, ""],
      ["1", '"1"'],
    ] as const) {
      const failure = restore(fitPosition(positionAt(START).position), { ...state, version }, own);
      expect(failure).toMatchObject({ code: "LIT_CKPT_KEY" });
      expect(String(failure)).toContain(
        "/last.ckpt has no usable loops.fit_loop.version, so its run cannot be resumed. Expected 1.",
      );
      expect(String(failure)).toContain(received === "" ? "Try: an earlier" : `Received ${received}. Try: an earlier`);
      expect(restore(fitPosition(positionAt(START).position), { ...state, version })).toBeUndefined();
    }
    expect(restore(fitPosition(positionAt(START).position), { ...state, version: 1 }, own)).toBeUndefined();
  });

  it("is refused when it cannot be read", () => {
    const refusals: [string, unknown][] = [
      ["no cursor", undefined],
      ["a fraction", { ...moved, epoch: 1.5 }],
      ["an unknown phase", { ...moved, phase: "lunch" }],
      ["a missing number", { ...moved, batchesThatStepped: undefined }],
      ["no claim about the window", { ...moved, isWindowClosed: "yes" }],
      ["no claim about the last batch", { ...moved, isLastBatch: undefined }],
    ];
    for (const [name, cursor] of refusals)
      expect(restore(fitPosition(positionAt(START).position), { cursor }), name).toMatchObject({
        code: "LIT_CKPT_KEY",
        message: expect.stringMatching(/^The checkpoint has no readable position to resume from\.( Received \{.*)?$/),
      });
    for (const name of ["epoch", "batch", "totalBatches", "globalStep", "batchesThatStepped"])
      expect(
        restore(fitPosition(positionAt(START).position), { cursor: { ...moved, [name]: "3" } }),
        name,
      ).toBeInstanceOf(Error);
    for (const phase of ["epochStart", "inBatch", "batchEnd", "validated", "betweenBatches", "epochEnd"])
      expect(
        restore(fitPosition(positionAt(START).position), { version: 1, cursor: { ...moved, phase } }),
        phase,
      ).toBeUndefined();
  });
});

function stageOf(source: unknown): StageData {
  return new StageData(source, {
    limit: { kind: "fraction", fraction: 1 },
    limitOption: "limitTrainBatches",
    origin: "test",
    isTraining: true,
    keepsOrder: false,
    keepsLastBatch: false,
    ranks: undefined,
    warn: () => undefined,
  });
}

/** A fit whose loader has these batches and does, or does not, go on by itself. */
function loaders(
  batches: readonly number[],
  cursor: Partial<Cursor> = {},
  options: { readonly canResume?: boolean; readonly length?: number } = {},
) {
  const terminal = new FakeTerminal();
  const restored: unknown[] = [];
  const source = {
    length: options.length ?? batches.length,
    [Symbol.iterator]: () => batches[Symbol.iterator](),
    ...(options.canResume === false
      ? {}
      : { state: () => "here", restore: (state: unknown) => void restored.push(state) }),
  };
  const trainData = stageOf(source);
  const fit: TrainingLoaders = {
    trainData,
    loaderState: () => trainData.state(),
    state: { cursor: { ...START, ...cursor } },
    messages: new Messages(terminal),
    notes: [],
  };
  return { fit, restored, warnings: terminal.warnings };
}

describe("the loaders of a fit in a checkpoint", () => {
  it("are kept with how many batches there are, where somebody knows", () => {
    expect(stateOf(loaderStates(loaders([1, 2, 3]).fit))).toEqual({
      ...{ loaders: ["here"], batches: 3 },
      shares: [null],
    });
    const unknown = loaders([1], {}, { length: Number.POSITIVE_INFINITY });
    expect(stateOf(loaderStates({ ...unknown.fit, loaderState: undefined }))).toEqual({
      ...{ loaders: null, batches: null },
      shares: [null],
    });
    expect(stateOf(loaderStates(undefined))).toEqual({ loaders: null, batches: null, shares: null });
  });

  it("get their states back, or are left alone where nothing trains", () => {
    const { fit, restored, warnings } = loaders([1, 2, 3], { batch: 1 });
    restore(loaderStates(fit), { loaders: [7], batches: 3 });
    restore(loaderStates(fit), { loaders: null, batches: 3 });
    expect([restored, warnings]).toEqual([[7], []]);
    expect(restore(loaderStates(undefined), undefined)).toBeUndefined();
  });

  it("of another number of ranks go on in the middle of an epoch where steps take as many examples", () => {
    const share = (ranks: number, batchSize: number, cursor: Partial<Cursor> = { batch: 2 }) => {
      const loader = new DataLoader(new ArrayDataset([...Array(24).keys()]), { batchSize, shuffle: true });
      const divided = stageOf(shareOfRank(loader, { numReplicas: ranks, rank: 0 }));
      return { ...loaders([1], cursor).fit, trainData: divided, loaderState: () => divided.state() };
    };
    const saved = stateOf(loaderStates(share(2, 2)));
    expect(saved).toMatchObject({ batches: 6, shares: [{ ranks: 2, examples: 4 }] });
    for (const same of [share(2, 2), share(2, 3), share(1, 4), share(4, 1)])
      expect(restore(loaderStates(same), saved)).toBeUndefined();
    expect(restore(loaderStates(share(3, 2)), saved)).toMatchObject({
      code: "LIT_RESUME",
      message: expect.stringMatching(
        /after batch 2.*2 rank\(s\).*4 examples.*3 rank\(s\) that take 6.*end of an epoch/,
      ),
    });
    const { shares: _, ...older } = Object(saved);
    expect(restore(loaderStates(share(3, 2)), older)).toBeUndefined();
    for (const cursor of [{ batch: 0 }, { batch: 6, isLastBatch: true }])
      expect(restore(loaderStates(share(3, 2, cursor)), saved)).toBeUndefined();
  });

  it("that cannot go on by themselves are pointed out in the middle of an epoch", () => {
    const { fit, warnings } = loaders([1, 2, 3], { batch: 2 }, { canResume: false });
    restore(loaderStates(fit), { loaders: null, batches: 3 });
    expect(warnings).toEqual([
      "Warning: The training loader cannot resume by itself: its first 2 batches are read again and dropped. A DataLoader skips them.",
    ]);
    const atStart = loaders([1, 2, 3], { batch: 0 }, { canResume: false });
    restore(loaderStates(atStart.fit), { loaders: null, batches: 3 });
    expect(atStart.warnings).toEqual([]);
  });

  it("of another length make another epoch, and that is said", () => {
    const said = (now: number[], cursor: Partial<Cursor>, batches: unknown, length?: number) => {
      const { fit } = loaders(now, cursor, length === undefined ? {} : { length });
      restore(loaderStates(fit), { loaders: null, batches });
      return fit.notes.join();
    };
    const start = (rest: string) =>
      `/last.ckpt was written after batch 2 of 9, but the training loader now has ${rest} To repeat what was interrupted, use the same dataset, batchSize and limitTrainBatches.`;
    expect(said([1, 2, 3], { batch: 2 }, 9)).toBe(start("3 batches: the epoch goes on with the 1 that are left of 3."));
    expect(said([1, 2], { batch: 2 }, 9)).toBe(start("2 batches: the epoch ends at once."));
    expect(said([1, 2, 3], { batch: 2 }, 3)).toBe("");
    expect(said([1, 2, 3], { batch: 0 }, 9)).toBe("");
    expect(said([1, 2, 3], { batch: 2, isLastBatch: true }, 9)).toBe("");
    expect(said([1, 2, 3], { batch: 2 }, null)).toBe("");
    expect(said([1, 2, 3], { batch: 2 }, 9, Number.POSITIVE_INFINITY)).toBe("");
  });

  it("say how many batches there are, which a file of ours has to hold", () => {
    const own = { path: "/last.ckpt", entries: ["lightning-ts_version"] };
    const { fit } = loaders([1, 2, 3]);
    for (const [batches, received] of [
      ["3", '"3"'],
      [-1, "-1"],
      [1e21, "1e+21"],
    ] as const) {
      const failure = restore(loaderStates(fit), { loaders: null, batches }, own);
      expect(failure).toMatchObject({ code: "LIT_CKPT_KEY" });
      expect(String(failure)).toContain(
        `/last.ckpt has no usable loops.fit_loop.batches, so its run cannot be resumed. Expected how many there are in an epoch, or null. Received ${received}.`,
      );
      expect(restore(loaderStates(fit), { loaders: null, batches })).toBeUndefined();
    }
    for (const batches of [null, 3])
      expect(restore(loaderStates(fit), { loaders: null, batches }, own)).toBeUndefined();
  });
});
