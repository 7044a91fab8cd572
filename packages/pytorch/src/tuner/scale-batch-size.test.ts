import { DataLoader, type Machine } from "@lightning-ts/core";
import { BoringModel, FakeTerminal, MemoryFiles, randomDataset } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import type { TrainerOptions } from "../options/trainer-options.js";
import { BatchSizeFinder } from "./batch-size-finder.js";
import { Tuner } from "./tuner.js";
import { quietTrainer } from "../trainer/quiet-trainer-under-test.js";

const MIB = 2 ** 20;

/** A model whose batches take a MiB for each item, on a machine that tells so. */
class Sized extends BoringModel {
  batchSize = 2;
  readonly tried: number[] = [];
  constructor(readonly length = 10_000) {
    super();
  }
  #loader() {
    this.tried.push(this.batchSize);
    return new DataLoader(randomDataset({ length: this.length }), { batchSize: this.batchSize });
  }
  override trainDataloader() {
    return this.#loader();
  }
  override testDataloader() {
    return this.#loader();
  }
}

function setup(module: Sized, options: TrainerOptions = {}) {
  const machine: Machine = {
    cpuTimes: () => ({ busyMs: 0, totalMs: 0 }),
    memory: () => ({
      totalBytes: 1000 * MIB,
      availableBytes: 100 * MIB,
      residentBytes: (20 + module.batchSize) * MIB,
      heapUsedBytes: 0,
    }),
    watchEventLoop: () => ({ read: () => ({ meanMs: 0, maxMs: 0 }), end: () => undefined }),
  };
  const [files, terminal] = [new MemoryFiles(), new FakeTerminal()];
  const trainer = quietTrainer({ maxSteps: 1, limitValBatches: 0, ports: { files, terminal, machine }, ...options });
  return { trainer, terminal };
}

describe("scaleBatchSize", () => {
  it("doubles the batch until the next one would need more memory than there is", async () => {
    const module = new Sized();
    const { trainer, terminal } = setup(module);
    // Four fifths of 100 MiB are left, and 22 MiB are the process's: batches of 64 need 84 MiB, of 128 they need 148.
    expect(await new Tuner(trainer).scaleBatchSize(module)).toBe(64);
    expect(module.batchSize).toBe(64);
    expect(module.tried).toEqual([2, 4, 8, 16, 32, 64]);
    expect(terminal.text).toContain(
      "Batch size 32 succeeded, trying batch size 64\nBatch size 64 succeeded, trying batch size 128\nBatch size set to 64",
    );
    expect(terminal.text).not.toContain("stopped");
    expect(trainer.globalStep).toBe(0);
  });

  it("looks closer, and leaves a margin", async () => {
    const module = new Sized();
    const { trainer } = setup(module);
    const size = await new Tuner(trainer).scaleBatchSize(module, { mode: "binsearch", memoryLimit: 100 * MIB });
    expect(module.tried.at(-1)).toBe(80);
    expect(size).toBe(76);
  });

  it("ends with the whole data set", async () => {
    const module = new Sized(24);
    expect(await new Tuner(setup(module).trainer).scaleBatchSize(module)).toBe(24);
  });

  it("measures tests where that is what it is for", async () => {
    const module = new Sized();
    expect(await new Tuner(setup(module).trainer).scaleBatchSize(module, { method: "test", maxVal: 16 })).toBe(16);
  });

  it("takes an error that says so for the end of memory, and puts the field back after any other", async () => {
    class Ends extends Sized {
      override trainingStep(...given: Parameters<BoringModel["trainingStep"]>) {
        if (this.batchSize >= 8) throw this.failure;
        return super.trainingStep(...given);
      }
      failure = new RangeError("Array buffer allocation failed");
    }
    const module = new Ends();
    expect(await new Tuner(setup(module).trainer).scaleBatchSize(module)).toBe(4);
    const broken = new Ends();
    broken.batchSize = 3;
    broken.failure = new RangeError("no such label");
    await expect(new Tuner(setup(broken).trainer).scaleBatchSize(broken)).rejects.toThrow("no such label");
    expect(broken.batchSize).toBe(3);
  });

  it("refuses what it cannot do", async () => {
    const scale = (module: BoringModel, options = {}, given: TrainerOptions = {}) =>
      new Tuner(setup(new Sized(), given).trainer).scaleBatchSize(module, options);
    await expect(scale(new BoringModel())).rejects.toThrow(/no field to set in BoringModel.*"batchSize"/);
    await expect(scale(new Sized(), { memoryLimit: MIB })).rejects.toThrow(
      /Not even a batch of one item fits into 1 MiB/,
    );
    await expect(scale(new Sized(), { initVal: 0, margin: 1 })).rejects.toThrow(/initVal, a whole.*margin from 0/);
    await expect(scale(new Sized(), {}, { callbacks: new BatchSizeFinder() })).rejects.toThrow(
      /has a BatchSizeFinder, which would search once more/,
    );
    await expect(scale(new Sized(), { trainDataloaders: [] })).rejects.toThrow(
      /was given loaders.*trainDataloader\(\)/,
    );
  });

  it("is skipped under fastDevRun", async () => {
    const module = new Sized();
    expect(await new Tuner(setup(module, { fastDevRun: true }).trainer).scaleBatchSize(module)).toBeUndefined();
    expect(module.tried).toEqual([]);
  });
});

describe("BatchSizeFinder", () => {
  it("finds the size before a fit, whose loader has it", async () => {
    const module = new Sized();
    const finder = new BatchSizeFinder({ maxVal: 16 });
    const { trainer } = setup(module, { callbacks: finder });
    await trainer.fit(module);
    expect(finder.optimalBatchSize).toBe(16);
    expect(module.tried.at(-1)).toBe(16);
    expect(trainer.globalStep).toBe(1);
  });

  it("finds the size before a test", async () => {
    const module = new Sized();
    const finder = new BatchSizeFinder({ maxVal: 16 });
    await setup(module, { callbacks: finder, limitTestBatches: 1 }).trainer.test(module);
    expect(finder.optimalBatchSize).toBe(16);
    expect(module.tried.at(-1)).toBe(16);
  });

  it("refuses loaders that were made before", async () => {
    const module = new Sized();
    const { trainer } = setup(module, { callbacks: new BatchSizeFinder() });
    await expect(trainer.fit(module, module.trainDataloader())).rejects.toThrow(/BatchSizeFinder needs loaders/);
  });
});
