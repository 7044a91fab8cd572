import { LazyScalar } from "@lightning-ts/fabric";
import { InProcessCollectives, StrategyOfRank } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { Driver } from "../../door/driver.js";
import type { MetricSettings } from "../../results/logged-result.js";
import { ResultCollection } from "../../results/result-collection.js";
import type { ReduceFx } from "../../words/log-options.js";
import type { Session } from "../session/session.js";
import { reduceEpochMetrics, reduceStepMetrics } from "./reduce-metrics.js";

const SYNCED: MetricSettings = {
  progBar: false,
  logger: true,
  onStep: true,
  onEpoch: true,
  reduceFx: "mean",
  addDataloaderIdx: true,
  syncDist: true,
};

interface Rank {
  readonly session: Session;
  readonly results: ResultCollection;
  readonly strategy: StrategyOfRank;
}

/** Logs a value on one of the ranks; batches of rank 1 are three times as large. */
function log({ results, strategy }: Rank, name: string, value: number, settings: Partial<MetricSettings> = {}): void {
  const place = { hook: "trainingStep", name, dataloaderIdx: undefined, settings: { ...SYNCED, ...settings } };
  results.update(place, new LazyScalar(value), strategy.globalRank === 0 ? 1 : 3);
}

async function ranks(
  body: (rank: Rank) => void,
  reduce: typeof reduceStepMetrics,
  worldSize = 2,
): Promise<readonly Rank[]> {
  const collectives = new InProcessCollectives(worldSize, { timeoutMs: 50 });
  const all = collectives.ranks.map((collective): Rank => {
    const strategy = new StrategyOfRank(collective);
    const state = { describePosition: () => "batch 3" };
    return {
      session: Object({ connection: { strategy }, state }),
      results: new ResultCollection({ isTraining: true }),
      strategy,
    };
  });
  await Promise.all(
    all.map(async (rank) => {
      body(rank);
      await new Driver().run(reduce(rank.session, rank.results));
    }),
  );
  return all;
}

const latest = ({ results }: Rank) => results.numbers().map((metric) => metric.latest?.read());
const epoch = ({ results }: Rank) => results.numbers().map((metric) => metric.epochValue());
const EACH: readonly ReduceFx[] = ["mean", "sum", "min", "max"];

describe("the values of a step", () => {
  it("become those of all ranks, each by its own reduction", async () => {
    const all = await ranks(
      (rank) => EACH.forEach((reduceFx) => log(rank, reduceFx, rank.strategy.globalRank === 0 ? 2 : 6, { reduceFx })),
      reduceStepMetrics,
    );
    expect(all.map(latest)).toEqual([
      [4, 8, 2, 6],
      [4, 8, 2, 6],
    ]);
    expect(all[0]?.strategy.calls).toEqual(EACH.map((op) => `reduce ${op} of ${op} at batch 3`));
  });

  it("travel together where they are reduced alike, and each finds its own way back", async () => {
    const all = await ranks((rank) => {
      log(rank, "a", rank.strategy.globalRank);
      log(rank, "own", rank.strategy.globalRank, { syncDist: false });
      log(rank, "b", 10 + rank.strategy.globalRank);
    }, reduceStepMetrics);
    expect(all.map(latest)).toEqual([
      [0.5, 0, 10.5],
      [0.5, 1, 10.5],
    ]);
    expect(all[1]?.strategy.calls).toEqual(["reduce mean of a, b at batch 3"]);
  });

  it("stay as they are on one rank, and where nothing is to be shared", async () => {
    const [alone] = await ranks((rank) => log(rank, "a", 2), reduceStepMetrics, 1);
    expect(alone?.strategy.calls).toEqual([]);
    const all = await ranks((rank) => log(rank, "a", 2, { syncDist: false }), reduceStepMetrics);
    expect(all[0]?.strategy.calls).toEqual([]);
  });
});

describe("what an epoch has collected", () => {
  it("becomes that of all ranks, means by the sizes of their batches", async () => {
    const all = await ranks((rank) => {
      for (const reduceFx of EACH) log(rank, reduceFx, rank.strategy.globalRank === 0 ? 2 : 6, { reduceFx });
      log(rank, "own", rank.strategy.globalRank, { syncDist: false });
    }, reduceEpochMetrics);
    expect(all.map(epoch)).toEqual([
      [5, 8, 2, 6, 0],
      [5, 8, 2, 6, 1],
    ]);
    expect(all[0]?.strategy.calls).toEqual([
      "reduce sum of mean at batch 3",
      "reduce sum of sum at batch 3",
      "reduce min of min at batch 3",
      "reduce max of max at batch 3",
    ]);
  });

  it("stays as it is on one rank", async () => {
    const [alone] = await ranks((rank) => log(rank, "a", 2), reduceEpochMetrics, 1);
    expect(alone?.strategy.calls).toEqual([]);
  });
});
