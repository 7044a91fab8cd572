import { DataLoader } from "@lightning-ts/core";
import { BoringModel, onTwoRanks, randomDataset, type BoringBatch } from "@lightning-ts/testing";
import { expect, it } from "vitest";
import type { LogOptions } from "../words/log-options.js";

/** Logs a number of its rank and batch. */
class Logs extends BoringModel {
  constructor(
    readonly rank: number,
    readonly options: LogOptions,
  ) {
    super();
  }
  override trainingStep(batch: BoringBatch, batchIdx: number) {
    this.log("m", 10 * this.rank + batchIdx, { batchSize: this.rank + 1, ...this.options });
    return this.loss(this.forward(batch[0]));
  }
  override validationStep(_batch: BoringBatch, batchIdx: number): void {
    this.log("v", 10 * this.rank + batchIdx, { batchSize: this.rank + 1, ...this.options });
  }
}

/** Two batches for each rank. */
const loader = () => new DataLoader(randomDataset({ length: 4 }), { batchSize: 1 });

/** Of the decisions and reductions of a run, those of metrics. */
const isOfMetrics = (call: string) => /^reduce (mean|sum|min|max) of/.test(call);

it("reduces a metric with syncDist: each step's value, and the epoch's by the sizes of all batches", async () => {
  const options = { onStep: true, onEpoch: true, syncDist: true };
  const ranks = await onTwoRanks(({ rank, trainer }) => trainer.fit(new Logs(rank, options), loader(), loader()));
  for (const { trainer } of ranks) {
    // Steps: (0 + 10) / 2 and (1 + 11) / 2; the epoch: ((0 + 1) · 1 + (10 + 11) · 2) / (2 · 1 + 2 · 2)
    expect(trainer.callbackMetrics["m_step"]).toBe(6);
    expect(trainer.callbackMetrics["m_epoch"]).toBeCloseTo(43 / 6, 12);
    expect(trainer.callbackMetrics["v"]).toBeCloseTo(43 / 6, 12);
  }
  const steps = ranks[0]?.rows.filter((row) => "m_step" in row).map((row) => row["m_step"]);
  expect(steps).toEqual([5, 6]);
});

it.each([
  ["sum", 22],
  ["min", 0],
  ["max", 11],
] as const)("reduces %s over epoch and ranks", async (reduceFx, expected) => {
  const options = { onStep: false, onEpoch: true, syncDist: true, reduceFx };
  const ranks = await onTwoRanks(({ rank, trainer }) => trainer.fit(new Logs(rank, options), loader()));
  expect(ranks.map(({ trainer }) => trainer.callbackMetrics["m"])).toEqual([expected, expected]);
});

it("keeps each rank's own value without syncDist, and recommends it once", async () => {
  const options = { onStep: false, onEpoch: true };
  const ranks = await onTwoRanks(({ rank, trainer }) => trainer.fit(new Logs(rank, options), loader()));
  expect(ranks.map(({ trainer }) => trainer.callbackMetrics["m"])).toEqual([0.5, 10.5]);
  for (const { strategy, terminal } of ranks) {
    expect(strategy.calls.filter(isOfMetrics)).toEqual([]);
    expect(
      terminal.warnings.filter((line) => line.includes('log("m")') && line.includes("syncDist: true")),
    ).toHaveLength(1);
  }
});

it("logs on rank 0 alone with rankZeroOnly, without reduction", async () => {
  const options = { onStep: false, onEpoch: true, syncDist: true, rankZeroOnly: true };
  const ranks = await onTwoRanks(({ rank, trainer }) => trainer.fit(new Logs(rank, options), loader()));
  expect(ranks.map(({ trainer }) => trainer.callbackMetrics["m"])).toEqual([0.5, undefined]);
  expect(ranks.flatMap(({ strategy }) => strategy.calls).filter(isOfMetrics)).toEqual([]);
});

it("writes to the loggers of rank 0 only", async () => {
  const ranks = await onTwoRanks(({ rank, trainer }) => trainer.fit(new Logs(rank, { syncDist: true }), loader()));
  expect(ranks.map(({ rows }) => rows.length > 0)).toEqual([true, false]);
});

it("stops all ranks at the batch after which one of them asked to", async () => {
  const long = () => new DataLoader(randomDataset({ length: 20 }), { batchSize: 1 });
  const ranks = await onTwoRanks(({ rank, trainer }) => {
    class Stops extends Logs {
      override onTrainBatchEnd(_outputs: unknown, _batch: unknown, batchIdx: number): void {
        if (rank === 1 && batchIdx === 2) this.trainer.shouldStop = true;
      }
    }
    return trainer.fit(new Stops(rank, { syncDist: true }), long());
  });
  expect(ranks.map(({ trainer }) => trainer.globalStep)).toEqual([3, 3]);
  expect(ranks[0]?.strategy.calls).toEqual(ranks[1]?.strategy.calls);
});

it("interrupts all ranks when one of them is", async () => {
  const abort = new AbortController();
  const ranks = await onTwoRanks(async ({ rank, trainer }) => {
    class Aborts extends Logs {
      override onTrainBatchEnd(): void {
        if (rank === 1) abort.abort();
      }
    }
    const result = await trainer.fit(
      new Aborts(rank, { syncDist: true }),
      loader(),
      undefined,
      rank === 1 ? { signal: abort.signal } : {},
    );
    expect(result.status).toBe("interrupted");
  });
  expect(ranks.map(({ trainer }) => trainer.globalStep)).toEqual([1, 1]);
});

it("validates on all ranks when the clock of one says that it is time", async () => {
  const counts = [0, 0];
  await onTwoRanks(
    ({ rank, trainer }) => {
      class Counts extends Logs {
        override onValidationEnd(): void {
          counts[rank] = (counts[rank] ?? 0) + 1;
        }
      }
      const now = () => (rank === 0 ? (times += 1000) : 0);
      let times = 0;
      Object.assign(trainer.ports.clock, { now });
      return trainer.fit(new Counts(rank, { syncDist: true }), loader(), loader());
    },
    { valCheckInterval: "00:00:00:01" },
  );
  expect(counts[0]).toBeGreaterThan(0);
  expect(counts[0]).toBe(counts[1]);
});

it("trains all ranks to the same weights", async () => {
  const models = [new Logs(0, { syncDist: true }), new Logs(1, { syncDist: true })];
  await onTwoRanks(({ rank, trainer }) => trainer.fit(models[rank] ?? new Logs(rank, {}), loader()));
  const [first, second] = models.map((model) => [...(model.parameters()[0]?.dataSync() ?? [])]);
  expect(first).toEqual(second);
});
