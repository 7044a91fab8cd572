import { tf } from "@lightning-ts/core";
import { MemoryFiles } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import type { LightningModule } from "../../contract/lightning-module.js";
import type { Trainer } from "../../contract/trainer.js";
import { SpikeDetection, type SpikeDetectionOptions } from "./spike-detection.js";

const MODULE: LightningModule = Object({});

/** As much of a Trainer as the callback looks at. */
function setUp(options: SpikeDetectionOptions = {}, changes: object = {}) {
  const files = new MemoryFiles();
  const trainer: Trainer = Object({
    ports: { files },
    defaultRootDir: "/runs",
    isGlobalZero: true,
    globalStep: 7,
    strategy: { worldSize: 1 },
    ...changes,
  });
  const detection = new SpikeDetection(options);
  const batch = (loss: number | undefined, batchIdx: number) =>
    detection.onTrainBatchEnd(
      trainer,
      MODULE,
      loss === undefined ? {} : { loss: tf.scalar(loss) },
      undefined,
      batchIdx,
    );
  const read = async (path: string) => new TextDecoder().decode(await files.readFile(path));
  return { batch, detection, files, read };
}

describe("a spike", () => {
  it("is written down with the batch before it, one number a line", async () => {
    const { batch, detection, files, read } = setUp();
    await batch(1, 0);
    await batch(1, 1);
    await expect(batch(9, 2)).rejects.toMatchObject({
      batchIdx: 2,
      path: "/runs/skip_batches.json",
      message: expect.stringMatching(/^Training spike detected in batch 2: the loss is 9\./),
    });
    expect(files.paths()).toEqual(["/runs/skip_batches.json"]);
    expect(await read("/runs/skip_batches.json")).toBe("[\n    1,\n    2\n]\n");
    expect(detection.stateDict()).toEqual({ last_val: 1, running: [1, 1], bad_batches: [1, 2] });
  });

  it("in the first batch has no batch before it, and is written where it is told to", async () => {
    const { batch, detection, files } = setUp({ warmup: 0, excludeBatchesPath: "/lists/bad.json" });
    await expect(batch(Number.NaN, 0)).rejects.toThrow(/batch 0/);
    expect([detection.badBatches, files.paths()]).toEqual([[0], ["/lists/bad.json"]]);
  });

  it("is none before the warmup is over", async () => {
    const { batch, detection } = setUp({ warmup: 2 });
    await batch(1, 0);
    await batch(9, 1);
    await expect(batch(99, 2)).rejects.toThrow(/batch 2/);
    expect(detection.stateDict()).toMatchObject({ running: [1, 9] });
  });

  it("is asked of all ranks by a name of the step, and written by rank 0 alone", async () => {
    const asked: unknown[] = [];
    const agree = (answer: boolean) => (question: object) => {
      asked.push(question);
      return Promise.resolve(answer);
    };
    const elsewhere = setUp({}, { strategy: { worldSize: 2, agree: agree(true) }, isGlobalZero: false });
    await expect(elsewhere.batch(1, 0)).rejects.toThrow(/batch 0/);
    expect(elsewhere.files.operations).toEqual([]);
    await setUp({}, { strategy: { worldSize: 2, agree: agree(false) } }).batch(1, 0);
    expect(asked).toEqual([
      { name: "loss spike at global step 7", wish: false },
      { name: "loss spike at global step 7", wish: false },
    ]);
    const alone = setUp({}, { strategy: { worldSize: 1, agree: agree(true) } });
    await alone.batch(1, 0);
    expect(asked).toHaveLength(2);
  });

  it("needs a loss", async () => {
    await expect(setUp().batch(undefined, 0)).rejects.toThrow(
      "SpikeDetection needs the loss of every batch, and Object.trainingStep returned none. Expected a step that returns its loss. Received nothing.",
    );
  });
});

describe("the state of SpikeDetection", () => {
  it("goes on with the losses of the run before", async () => {
    const { batch, detection } = setUp({ window: 1, rtol: null, atol: 2 });
    detection.loadStateDict({ last_val: 4, running: [4], bad_batches: [3] });
    expect(detection.stateDict()).toEqual({ last_val: 4, running: [4], bad_batches: [3] });
    await batch(5.5, 1);
    detection.loadStateDict({ last_val: 4, running: [3], bad_batches: [3] });
    await expect(batch(5.5, 8)).rejects.toThrow(/batch 8/);
    expect(detection.badBatches).toEqual([3, 7, 8]);
  });

  it.each([
    { last_val: "0" },
    { running: undefined },
    { running: [1, "2"] },
    { running: { every: () => true } },
    { bad_batches: null },
    { bad_batches: ["1", 2] },
  ])("is refused with %j", (changes) => {
    const state = { last_val: 0, running: [1], bad_batches: [1], ...changes };
    expect(() => new SpikeDetection().loadStateDict(state)).toThrow(
      /^The checkpoint's state of SpikeDetection cannot be read\./,
    );
  });

  it("is kept under its own name", () => {
    expect(new SpikeDetection().stateKey).toBe("SpikeDetection");
  });
});

describe("options of SpikeDetection", () => {
  it.each([
    [{ mode: "most" }, 'SpikeDetection cannot use this mode. Expected "min" or "max". Received "most".'],
    [{ window: 0 }, "SpikeDetection cannot use this window. Expected a whole number of at least 1. Received 0."],
    [{ warmup: -1 }, "SpikeDetection cannot use this warmup. Expected a whole number of at least 0. Received -1."],
    [
      { patience: 1 },
      'SpikeDetection has no option "patience". Expected one of mode, window, warmup, atol, rtol, excludeBatchesPath, finiteOnly.',
    ],
  ])("are refused where they have no meaning: %j", (options, message) => {
    expect(() => new SpikeDetection(options as SpikeDetectionOptions)).toThrow(message);
  });

  it("may be the least that is allowed", () => {
    expect(() => new SpikeDetection({ window: 1, warmup: 0 })).not.toThrow();
  });
});
