import { tf } from "@lightning-ts/core";
import { BoringModel, FakeClock, onTwoRanks, type BoringBatch, type Rank } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import type { LightningModule } from "../contract/lightning-module.js";
import { EarlyStopping } from "../callbacks/early-stopping.js";
import { ModelCheckpoint } from "../callbacks/model-checkpoint.js";
import { OnExceptionCheckpoint } from "../callbacks/on-exception-checkpoint.js";
import type { Callback } from "../contract/callback.js";
import type { BatchSource } from "../words/batch-source.js";
import type { TrainingStepResult } from "../words/step-output.js";

type Host = [tf.TensorBuffer<tf.Rank.R2>];

const batches = (length: number): Host[] => Array.from({ length }, () => [tf.buffer<tf.Rank.R2>([1, 32])]);
/** As many batches, and nobody knows beforehand. */
const stream = (length: number) => ({ [Symbol.iterator]: () => batches(length)[Symbol.iterator]() });
/** Says that there are more batches than come. */
const boaster = (length: number) => ({ ...stream(length), length: length + 3 });

class Uneven extends BoringModel {
  readonly seen: string[] = [];
  constructor(readonly rank: number) {
    super();
  }
  override trainingStep([x]: BoringBatch, batchIdx: number): TrainingStepResult | Promise<TrainingStepResult> {
    this.seen.push(`train ${batchIdx}`);
    this.log("m", 10 * this.rank + batchIdx);
    return this.loss(this.forward(x));
  }
  override validationStep(_batch: BoringBatch, batchIdx: number, dataloaderIdx = 0): void {
    this.seen.push(`validate ${dataloaderIdx}.${batchIdx}`);
  }
  override predictStep(_batch: BoringBatch, batchIdx: number, dataloaderIdx = 0): string {
    return `${dataloaderIdx}.${batchIdx}`;
  }
}

/** Trains `module` on three batches and validates on none. */
const fit = ({ trainer }: Rank, module: Uneven) => trainer.fit(module, batches(3), []);

/** A second passes with each look at it. */
class TickingClock extends FakeClock {
  override now(): number {
    this.advance(1000);
    return super.now();
  }
}

function expectSameCalls(ranks: readonly Rank[]): void {
  expect(ranks[0]?.strategy.calls).toEqual(ranks[1]?.strategy.calls);
}

describe("with more batches on one rank than on the other", () => {
  const KINDS = [
    ["known lengths", (length: number) => ({ ...stream(length), length })],
    ["unknown lengths", stream],
    ["lengths that are wrong", boaster],
  ] as const;

  it.each(KINDS)("all ranks train on as many as all have: %s", async (_, make) => {
    const models = [new Uneven(0), new Uneven(1)];
    const ranks = await onTwoRanks(
      ({ rank, trainer }) => trainer.fit(models[rank] ?? new Uneven(rank), make(rank === 0 ? 5 : 3), []),
      { maxEpochs: 2 },
    );
    for (const { trainer } of ranks) expect([trainer.globalStep, trainer.currentEpoch]).toEqual([6, 2]);
    expect(models[0]?.seen).toEqual(models[1]?.seen);
    expectSameCalls(ranks);
  });

  it("the last batch is the same on all ranks, for accumulation and for validation in the middle", async () => {
    const models = [new Uneven(0), new Uneven(1)];
    const ranks = await onTwoRanks(
      ({ rank, trainer }) =>
        trainer.fit(models[rank] ?? new Uneven(rank), stream(rank === 0 ? 3 : 9), batches(1 + rank)),
      { accumulateGradBatches: 2 },
    );
    for (const { trainer } of ranks) expect([trainer.globalStep, trainer.isLastBatch]).toEqual([2, true]);
    expect(models.map(({ seen }) => seen)).toEqual([
      ["train 0", "train 1", "train 2", "validate 0.0"],
      ["train 0", "train 1", "train 2", "validate 0.0"],
    ]);
    expectSameCalls(ranks);
  });

  it("a fraction of an epoch is that of the fewest batches", async () => {
    const models = [new Uneven(0), new Uneven(1)];
    await onTwoRanks(
      ({ rank, trainer }) => trainer.fit(models[rank] ?? new Uneven(rank), batches(rank === 0 ? 8 : 4), batches(1)),
      { valCheckInterval: 0.5 },
    );
    const expected = ["train 0", "train 1", "validate 0.0", "train 2", "train 3", "validate 0.0"];
    expect(models.map(({ seen }) => seen)).toEqual([expected, expected]);
  });

  it.each(KINDS)("all ranks evaluate and predict the same batches of each loader: %s", async (_, make) => {
    const models = [new Uneven(0), new Uneven(1)];
    const predicted: unknown[] = [];
    await onTwoRanks(async ({ rank, trainer }) => {
      const loaders: BatchSource<Host>[] =
        rank === 0 ? [make(3), make(1), stream(0), make(1)] : [make(1), make(2), stream(2), make(2)];
      await trainer.validate(models[rank] ?? new Uneven(rank), loaders);
      predicted[rank] = await trainer.predict(models[rank] ?? new Uneven(rank), loaders);
    });
    for (const { seen } of models) expect(seen).toEqual(["validate 0.0", "validate 1.0", "validate 3.0"]);
    expect(predicted).toEqual([
      [["0.0"], ["1.0"], [], ["3.0"]],
      [["0.0"], ["1.0"], [], ["3.0"]],
    ]);
  });
});

describe("when ranks want different things of a batch", () => {
  it("-1 from onTrainBatchStart of one leaves the epoch on all", async () => {
    const ranks = await onTwoRanks((on) => {
      class Leaves extends Uneven {
        override onTrainBatchStart(_batch: unknown, batchIdx: number): number | void {
          if (this.rank === 1 && batchIdx === 1) return -1;
        }
      }
      return fit(on, new Leaves(on.rank));
    });
    expect(ranks.map(({ trainer }) => trainer.globalStep)).toEqual([1, 1]);
    expectSameCalls(ranks);
  });

  it("an empty batch of one is skipped by all", async () => {
    const models = [new Uneven(0), new Uneven(1)];
    await onTwoRanks(({ rank, trainer }) => {
      const [first, second, third] = batches(3);
      const model: LightningModule = models[rank] ?? new Uneven(rank);
      return trainer.fit(model, [first, rank === 1 ? undefined : second, third], []);
    });
    for (const { seen } of models) expect(seen).toEqual(["train 0", "train 2"]);
  });

  it("a step without a loss fails and says that the others wait", async () => {
    const failing = onTwoRanks((on) => {
      class Skips extends Uneven {
        override trainingStep(given: BoringBatch, batchIdx: number) {
          return this.rank === 1 ? undefined : super.trainingStep(given, batchIdx);
        }
      }
      return fit(on, new Skips(on.rank));
    });
    await expect(failing).rejects.toThrow(/Skips\.trainingStep returned nothing.*other ranks wait/);
  });
});

describe("a wish of one rank to stop", () => {
  it("counts on all before the first batch, from any hook of the beginning", async () => {
    for (const hook of ["onFitStart", "onTrainStart", "onTrainEpochStart"] as const) {
      const ranks = await onTwoRanks(async (on) => {
        const module = new Uneven(on.rank);
        module[hook] = () => {
          if (on.rank === 1) on.trainer.stop("rank 1 has had enough");
        };
        const { reason } = await fit(on, module);
        expect(reason).toBe(on.rank === 1 ? "rank 1 has had enough" : "another rank asked to stop");
      });
      expect(ranks.map(({ trainer }) => trainer.globalStep)).toEqual([0, 0]);
      expectSameCalls(ranks);
    }
  });

  it("is not lost when it comes while ranks agree on another moment", async () => {
    let isAsked = false;
    const ranks = await onTwoRanks((on) => {
      const { agree } = on.strategy;
      on.strategy.agree = async (decision) => {
        const answer = await agree.call(on.strategy, decision);
        if (on.rank === 1 && !isAsked && decision.name.startsWith("stop at epoch 0, batch 1")) {
          isAsked = true;
          on.trainer.shouldStop = true;
        }
        return answer;
      };
      return on.trainer.fit(new Uneven(on.rank), batches(9), []);
    });
    expect(isAsked).toBe(true);
    expect(ranks.map(({ trainer }) => trainer.globalStep)).toEqual([3, 3]);
  });
});

describe("checkpoints of several ranks", () => {
  const KEPT = { enableCheckpointing: true } as const;
  const saves = ({ files }: Rank) => [...files.paths()].filter((path) => path.endsWith(".ckpt"));

  it("are written on all when the clock of rank 0 says so", async () => {
    const ranks = await onTwoRanks(
      (on) => fit(on, new Uneven(on.rank)),
      (rank) => ({
        ...KEPT,
        ports: { clock: rank === 0 ? new TickingClock() : new FakeClock() },
        callbacks: new ModelCheckpoint({
          dirpath: "/run",
          trainTimeInterval: { seconds: 1 },
          saveTopK: -1,
          saveLast: true,
        }),
      }),
    );
    expect(ranks.map(({ trainer }) => trainer.checkpointCallback?.lastModelPath)).toEqual([
      "/run/last.ckpt",
      "/run/last.ckpt",
    ]);
    expectSameCalls(ranks);
  });

  it("follow the metric of rank 0, whatever the others logged", async () => {
    const callbacks = [0, 1].map(
      () => new ModelCheckpoint({ dirpath: "/run", monitor: "m", mode: "max", filename: "{m}", everyNTrainSteps: 1 }),
    );
    const ranks = await onTwoRanks(
      (on) => {
        class Opposite extends Uneven {
          override trainingStep(given: BoringBatch, batchIdx: number) {
            this.log("m", this.rank === 0 ? batchIdx : -batchIdx, { rankZeroOnly: batchIdx === 1 });
            return this.loss(this.forward(given[0]));
          }
        }
        return fit(on, new Opposite(on.rank));
      },
      (rank) => ({ ...KEPT, callbacks: callbacks[rank] }),
    );
    expect(callbacks.map(({ bestModelPath, bestModelScore }) => [bestModelPath, bestModelScore])).toEqual([
      ["/run/m=2.ckpt", 2],
      ["/run/m=2.ckpt", 2],
    ]);
    const [first] = ranks;
    expect(first === undefined ? [] : saves(first)).toEqual(["/run/m=2.ckpt"]);
    expectSameCalls(ranks);
  });

  it("end a run on all ranks when rank 0 misses the metric", async () => {
    const outcomes: string[] = [];
    await onTwoRanks(
      async (on) => {
        await fit(on, new Uneven(on.rank)).catch((error: unknown) => (outcomes[on.rank] = String(error)));
      },
      () => ({ ...KEPT, limitValBatches: 0, callbacks: new ModelCheckpoint({ dirpath: "/run", monitor: "never" }) }),
    );
    expect(outcomes[0]).toMatch(/never/);
    expect(outcomes[1]).toMatch(/Rank 0 wrote no checkpoint: .*never/);
  });

  it("that cannot be written end the run with the reason, on the rank that has it", async () => {
    const outcomes: string[] = [];
    await onTwoRanks(
      async (on) => {
        on.files.failWhen((operation) => (operation === "write" ? new Error("disk full") : undefined));
        await fit(on, new Uneven(on.rank)).catch((error: unknown) => (outcomes[on.rank] = String(error)));
      },
      () => ({ ...KEPT, callbacks: new ModelCheckpoint({ dirpath: "/run" }) }),
    );
    expect(outcomes[0]).toMatch(/disk full/);
    expect(outcomes[1]).toMatch(/saveCheckpoint/);
  });

  it("are found by rank 0 for all", async () => {
    const callbacks = () => new ModelCheckpoint({ dirpath: "/run", saveLast: true });
    const paths: unknown[] = [];
    await onTwoRanks(
      async (on) => {
        await fit(on, new Uneven(on.rank));
        await on.trainer.fit(new Uneven(on.rank), batches(3), [], { ckptPath: "last" });
        paths[on.rank] = on.trainer.ckptPath;
      },
      () => ({ ...KEPT, callbacks: callbacks() }),
    );
    expect(paths).toEqual(["/run/last.ckpt", "/run/last.ckpt"]);
  });

  const ON_EXCEPTION: readonly (readonly [string, () => Callback])[] = [
    ["ModelCheckpoint", () => new ModelCheckpoint({ dirpath: "/run", saveOnException: true })],
    ["OnExceptionCheckpoint", () => new OnExceptionCheckpoint({ dirpath: "/run" })],
  ];

  it.each(ON_EXCEPTION)("are not written for a failure of one, which the others cannot know: %s", async (_, make) => {
    const outcomes: string[] = [];
    const ranks = await onTwoRanks(
      async (on) => {
        class Fails extends Uneven {
          override onTrainBatchEnd(_outputs: unknown, _batch: unknown, batchIdx: number): void {
            if (this.rank === 1 && batchIdx === 1) throw new Error("out of luck");
          }
        }
        await fit(on, new Fails(on.rank)).catch((error: unknown) => (outcomes[on.rank] = String(error)));
      },
      () => ({ ...KEPT, callbacks: make() }),
    );
    expect(outcomes[1]).toMatch(/out of luck/);
    expect(ranks.map(saves)).toEqual([[], []]);
    expect(ranks[1]?.terminal.warnings.join("\n")).toMatch(/A rank that fails writes no checkpoint/);
  });

  it.each(ON_EXCEPTION)("are written together when the run is interrupted on one: %s", async (_, make) => {
    const ranks = await onTwoRanks(
      async (on) => {
        const abort = new AbortController();
        class Aborts extends Uneven {
          override onTrainBatchEnd(_outputs: unknown, _batch: unknown, batchIdx: number): void {
            if (this.rank === 1 && batchIdx === 1) abort.abort();
          }
        }
        await on.trainer.fit(new Aborts(on.rank), batches(3), [], { signal: abort.signal });
      },
      () => ({ ...KEPT, callbacks: make() }),
    );
    expect(ranks.map(saves).map(({ length }) => length)).toEqual([1, 1]);
    expectSameCalls(ranks);
  });
});

it("EarlyStopping of a metric that only rank 0 has stops all ranks", async () => {
  const ranks = await onTwoRanks(
    (on) => {
      class Only extends Uneven {
        override onTrainEpochEnd(): void {
          this.log("zero", 1, { rankZeroOnly: true });
        }
      }
      return fit(on, new Only(on.rank));
    },
    () => ({ maxEpochs: 9, callbacks: new EarlyStopping({ monitor: "zero", patience: 1 }) }),
  );
  expect(ranks.map(({ trainer }) => trainer.currentEpoch)).toEqual([2, 2]);
});

it.each([true, false])("one process prepares data, and the others wait for it (per node: %s)", async (perNode) => {
  const order: string[] = [];
  class Prepares extends Uneven {
    override prepareDataPerNode = perNode;
    override async prepareData() {
      await Promise.resolve();
      order.push(`prepared by ${this.rank}`);
    }
    override setup() {
      order.push("set up");
    }
  }
  await onTwoRanks((on) => fit(on, new Prepares(on.rank)));
  expect(order).toEqual(["prepared by 0", "set up", "set up"]);
});
