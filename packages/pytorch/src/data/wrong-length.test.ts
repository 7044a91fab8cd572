import { DataLoader, IterableDataset, tf } from "@lightning-ts/core";
import { BoringModel, FakeTerminal, MemoryFiles, type BoringBatch } from "@lightning-ts/testing";
import type { BatchSource } from "../words/batch-source.js";
import { beforeEach, describe, expect, it } from "vitest";
import type { TrainerOptions } from "../options/trainer-options.js";
import { quietTrainer } from "../trainer/quiet-trainer-under-test.js";

let terminal: FakeTerminal;
beforeEach(() => {
  terminal = new FakeTerminal();
});

const batch = (): BoringBatch => [tf.fill([1, 32], 0.1)];

/** Says that it has `length` batches, and gives `given`. */
class Claims implements AsyncIterable<BoringBatch> {
  readonly length: number;
  readonly given: number;
  closed = 0;

  constructor(length: number, given: number) {
    this.length = length;
    this.given = given;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<BoringBatch> {
    try {
      for (let index = 0; index < this.given; index += 1) yield batch();
    } finally {
      this.closed += 1;
    }
  }
}

/** The same without waiting. */
class ClaimsAtOnce implements Iterable<BoringBatch> {
  readonly length: number;
  readonly given: number;

  constructor(length: number, given: number) {
    this.length = length;
    this.given = given;
  }

  *[Symbol.iterator](): Generator<BoringBatch> {
    for (let index = 0; index < this.given; index += 1) yield batch();
  }
}

class Notes extends BoringModel {
  readonly seen: string[] = [];
  override onTrainBatchEnd(_outputs: unknown, _batch: BoringBatch, batchIdx: number) {
    this.seen.push(`batch ${batchIdx}${this.trainer.isLastBatch ? " last" : ""} steps ${this.trainer.globalStep}`);
  }
  override onValidationStart() {
    this.seen.push("validation");
  }
  override onTrainEpochEnd() {
    this.seen.push("end");
  }
}

async function fit(
  train: BatchSource<BoringBatch>,
  options: TrainerOptions = {},
  validation: BatchSource<BoringBatch> = [batch()],
): Promise<Notes> {
  const module = new Notes();
  await quietTrainer({
    maxEpochs: 1,
    numSanityValSteps: 0,
    ports: { files: new MemoryFiles(), terminal },
    ...options,
  }).fit(module, train, validation);
  return module;
}

const FEWER =
  "Warning: the train loader passed to the Trainer says that its length is 5, but it gave 3 batches: the epoch ends with them. Correct its length, or leave it out: then an epoch goes on until there are no more batches.";
const MORE =
  "Warning: the train loader passed to the Trainer gives more batches than its length, 2; the others are not used. Correct its length, or leave it out: then an epoch goes on until there are no more batches.";

describe.each([
  ["an asynchronous iterable", Claims],
  ["an iterable", ClaimsAtOnce],
])("%s", (_, Source) => {
  it("that gives fewer batches than its length ends the epoch with its last window and its validation", async () => {
    const { seen } = await fit(new Source(5, 3), { accumulateGradBatches: 2 });
    expect(seen).toEqual(["batch 0 steps 0", "batch 1 steps 1", "batch 2 last steps 2", "validation", "end"]);
    expect(terminal.warnings).toEqual([FEWER]);
  });

  it("is warned of once, in however many epochs", async () => {
    const { seen } = await fit(new Source(5, 3), { maxEpochs: 3 });
    expect(seen.filter((one) => one === "validation")).toHaveLength(3);
    expect(terminal.warnings).toEqual([FEWER]);
  });

  it("that gives more batches than its length ends with its length", async () => {
    const { seen } = await fit(new Source(2, 4), { accumulateGradBatches: 3, maxEpochs: 2 });
    expect(seen.slice(0, 4)).toEqual(["batch 0 steps 0", "batch 1 last steps 1", "validation", "end"]);
    expect(terminal.warnings).toEqual([MORE]);
  });

  it("that is right, or is cut by a limit, is warned of nothing", async () => {
    await fit(new Source(3, 3));
    await fit(new Source(3, 9), { limitTrainBatches: 2 });
    expect(terminal.warnings).toEqual([]);
  });

  it("that gives nothing at all trains nothing", async () => {
    const { seen } = await fit(new Source(5, 0), { maxEpochs: 3 });
    expect(seen).toEqual(["end"]);
    expect(terminal.warnings).toHaveLength(2);
    expect(terminal.warnings[0]).toContain("says that its length is 5, but it gave 0 batches");
  });
});

describe("validation of a short epoch", () => {
  it.each([
    [0.5, 10, 7, ["batch 4", "batch 6"]],
    [4, 10, 7, ["batch 3"]],
    [5, 10, 7, ["batch 4", "batch 6"]],
    [5, 10, 5, ["batch 4"]],
  ])(
    "with valCheckInterval %d comes at the end where it would have",
    async (valCheckInterval, length, given, after) => {
      const { seen } = await fit(new Claims(length, given), { valCheckInterval });
      const validated = seen.flatMap((one, index) =>
        one === "validation" ? [seen[index - 1]?.split(" ").slice(0, 2).join(" ")] : [],
      );
      expect(validated).toEqual(after);
    },
  );
});

it("several loaders of which one is wrong are checked too", async () => {
  class Pairs extends BoringModel {
    override trainingStep(both: BoringBatch, batchIdx: number) {
      return super.trainingStep(Object(both).a, batchIdx);
    }
    override trainDataloader() {
      return { a: new Claims(5, 3), b: [batch()] } as never;
    }
  }
  const module = new Pairs();
  const trainer = quietTrainer({
    maxEpochs: 1,
    limitValBatches: 0,
    accumulateGradBatches: 2,
    ports: { files: new MemoryFiles(), terminal },
  });
  const { steps } = await trainer.fit(module);
  expect(steps).toBe(2);
  expect(terminal.warnings).toEqual([FEWER.replace("the train loader passed to the Trainer", "Pairs.trainDataloader")]);
});

it("an iterable dataset with a wrong length is warned of", async () => {
  class Wrong extends IterableDataset<unknown> {
    override get length() {
      return 4;
    }
    override async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
      for (let index = 0; index < 3; index += 1) yield tf.buffer([32], "float32", new Float32Array(32));
    }
  }
  class Single extends BoringModel {
    override trainingStep(rows: BoringBatch) {
      return { loss: this.loss(this.layer.forward(rows as never)) };
    }
  }
  await quietTrainer({ maxEpochs: 1, limitValBatches: 0, ports: { files: new MemoryFiles(), terminal } }).fit(
    new Single(),
    new DataLoader(new Wrong(), { batchSize: 1 }),
  );
  expect(terminal.warnings).toEqual([expect.stringContaining("says that its length is 4, but it gave 3 batches")]);
});

it("evaluation loaders are checked too", async () => {
  await fit([batch()], {}, new Claims(4, 2));
  expect(terminal.warnings).toEqual([
    expect.stringContaining(
      "the validate loader passed to the Trainer says that its length is 4, but it gave 2 batches",
    ),
  ]);
});

it("a stream that stays open behind its last batch holds nothing up, and is closed", async () => {
  let closed = 0;
  const open = {
    length: 2,
    [Symbol.asyncIterator]: () => {
      let given = 0;
      return {
        next: (): Promise<IteratorResult<BoringBatch>> => {
          given += 1;
          return given <= 2 ? Promise.resolve({ done: false, value: batch() }) : new Promise(() => undefined);
        },
        return: async (): Promise<IteratorResult<BoringBatch>> => {
          closed += 1;
          return { done: true, value: undefined };
        },
      };
    },
  };
  const { seen } = await fit(open);
  expect(seen).toEqual(["batch 0 steps 1", "batch 1 last steps 2", "validation", "end"]);
  expect(closed).toBe(1);
  expect(terminal.warnings).toEqual([]);
});

it("a source that fails behind its last batch is fine", async () => {
  const fails = {
    length: 1,
    async *[Symbol.asyncIterator]() {
      yield batch();
      throw new Error("no more");
    },
  };
  expect((await fit(fails)).seen).toEqual(["batch 0 last steps 1", "validation", "end"]);
});
