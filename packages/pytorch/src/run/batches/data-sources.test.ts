import { DataLoader } from "@lightning-ts/core";
import { Messages } from "@lightning-ts/fabric";
import { FakeTerminal } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { LightningDataModule } from "../../contract/lightning-data-module.js";
import { LightningModule } from "../../contract/lightning-module.js";
import { Door } from "../../door/door.js";
import { Driver } from "../../door/driver.js";
import type { Steps } from "../../door/steps.js";
import { DataSources, type DataRole, type GivenLoaders } from "./data-sources.js";

class Bare extends LightningModule {}
class BareData extends LightningDataModule {}

class Net extends LightningModule {
  asked = 0;
  override trainDataloader() {
    this.asked += 1;
    return [1, 2, 3];
  }
  override predictDataloader() {
    return [loaderOf(1, 2, 3), loaderOf(4)];
  }
}

const loaderOf = (...batches: number[]) => ({
  length: batches.length,
  [Symbol.iterator]: () => batches[Symbol.iterator](),
});

class Data extends LightningDataModule {
  override async valDataloader() {
    return [loaderOf(1, 2), loaderOf(3)];
  }
}

interface Setting {
  readonly module?: LightningModule;
  readonly datamodule?: LightningDataModule;
  readonly given?: GivenLoaders;
  readonly limits?: object;
  readonly isOverfitting?: boolean;
  readonly strategy?: object;
  readonly useDistributedSampler?: boolean;
}

function setUp(setting: Setting) {
  const { module = new Bare(), datamodule, given = {}, isOverfitting = false, strategy = { worldSize: 1 } } = setting;
  const { useDistributedSampler = true } = setting;
  const driver = new Driver();
  const door = new Door({ driver, position: () => "the test" });
  const all = { kind: "fraction", fraction: 1 };
  const plan = {
    limits: { train: all, validate: all, test: all, predict: all, ...setting.limits },
    isOverfitting,
    useDistributedSampler,
  };
  const terminal = new FakeTerminal();
  const messages = new Messages(terminal);
  const parts = { module, datamodule, given, door, plan: Object(plan), strategy: Object(strategy), messages };
  return { sources: new DataSources(parts), terminal };
}

const sourcesOf = (setting: Setting): DataSources => setUp(setting).sources;

const run = async <TResult>(steps: Steps<TResult>): Promise<TResult> => new Driver().run(steps);
const count = (batches: number) => ({ kind: "count", count: batches });

async function messageOf(steps: Steps<unknown>): Promise<string> {
  try {
    await run(steps);
    return "nothing was refused";
  } catch (error) {
    return String(error);
  }
}

describe("who has loaders for a role", () => {
  it.each<[string, Setting, DataRole, boolean]>([
    ["the call, when they were passed to it", { given: { test: [1] } }, "test", true],
    ["the call alone knows", { given: { test: [1] } }, "validate", false],
    ["the module that overrides the method", { module: new Net() }, "train", true],
    ["no module that does not", { module: new Net() }, "test", false],
    ["the data module that overrides it", { datamodule: new Data() }, "validate", true],
    ["the data module counts, and not the module", { datamodule: new BareData(), module: new Net() }, "train", false],
  ])("%s", (_name, setting, role, expected) => {
    expect(sourcesOf(setting).has(role)).toBe(expected);
  });
});

describe("the loaders of a run", () => {
  it("are those of the call before all others", async () => {
    const module = new Net();
    const data = await run(sourcesOf({ module, given: { train: [5, 6] } }).load("train"));
    expect([data.totalCount, module.asked]).toEqual([2, 0]);
  });

  it("are the data module's, or else the module's, and may be waited for", async () => {
    const sources = sourcesOf({ datamodule: new Data() });
    expect((await run(sources.load("validate"))).counts).toEqual([2, 1]);
    expect((await run(sourcesOf({ module: new Net() }).load("train"))).totalCount).toBe(3);
    expect((await run(sourcesOf({ module: new Net() }).load("predict"))).counts).toEqual([3, 1]);
  });

  it("are asked for once where they were asked for ahead", async () => {
    const module = new Net();
    const sources = sourcesOf({ module });
    const ahead = await run(sources.loadAhead("train"));
    expect(await run(sources.loadAhead("train"))).toBe(ahead);
    expect(await run(sources.load("train"))).toBe(ahead);
    expect(module.asked).toBe(1);
    expect(await run(sources.load("train"))).not.toBe(ahead);
    expect(module.asked).toBe(2);
  });

  it("are not asked for where nothing of them is used", async () => {
    const module = new Net();
    const data = await run(sourcesOf({ module, limits: { train: count(0) } }).load("train"));
    expect([data.totalCount, module.asked]).toEqual([0, 0]);
    expect((await run(sourcesOf({ limits: { test: count(0) } }).load("test"))).counts).toEqual([0]);
  });

  it("that nobody has are missed where they should be", async () => {
    expect(await messageOf(sourcesOf({}).load("test"))).toContain("Bare does not define testDataloader.");
    const both = sourcesOf({ module: new Net(), datamodule: new BareData() });
    expect(await messageOf(both.load("train"))).toContain("BareData does not define trainDataloader.");
  });

  it.each<[DataRole, boolean, string]>([
    ["train", false, "limitTrainBatches"],
    ["validate", false, "limitValBatches"],
    ["test", false, "limitTestBatches"],
    ["predict", false, "limitPredictBatches"],
    ["train", true, "overfitBatches"],
    ["validate", true, "overfitBatches"],
    ["test", true, "limitTestBatches"],
    ["predict", true, "limitPredictBatches"],
  ])("of %s (overfitting: %s) are limited by %s, which errors name", async (role, isOverfitting, option) => {
    const limits = { [role]: { kind: "fraction", fraction: 0.1 } };
    const given = { [role]: role === "train" ? [1, 2] : [[1, 2]] };
    expect(await messageOf(sourcesOf({ given, limits, isOverfitting }).load(role))).toContain(option);
  });

  it("are named in messages by where they come from", async () => {
    expect(await messageOf(sourcesOf({ given: { test: 5 } }).load("test"))).toContain(
      "the test loader passed to the Trainer",
    );
    class Wrong extends LightningModule {
      override testDataloader(): [] {
        return Object(5);
      }
    }
    expect(await messageOf(sourcesOf({ module: new Wrong() }).load("test"))).toContain("Wrong.testDataloader");
  });

  it.each<[DataRole, boolean, string | undefined]>([
    ["train", false, undefined],
    ["train", true, "overfitBatches: the train loader passed to the Trainer is read in order instead of shuffled."],
    [
      "validate",
      true,
      "overfitBatches: the validate loader passed to the Trainer is read in order instead of shuffled.",
    ],
    ["validate", false, "the validate loader passed to the Trainer shuffles; evaluation needs no shuffling."],
    ["test", true, "the test loader passed to the Trainer shuffles; evaluation needs no shuffling."],
  ])("of %s that shuffle (overfitting: %s) are warned of", async (role, isOverfitting, warning) => {
    const loader = new DataLoader([1, 2, 3], { batchSize: 2, shuffle: true });
    const { sources, terminal } = setUp({ given: { [role]: loader }, isOverfitting });
    await run(sources.load(role));
    expect(terminal.warnings).toEqual(warning === undefined ? [] : [`Warning: ${warning}`]);
  });

  it.each<[DataRole, number]>([
    ["train", 1],
    ["test", 1],
    ["predict", 2],
  ])("of %s use a smaller last batch only where each row counts", async (role, batches) => {
    const loader = new DataLoader([1, 2, 3], { batchSize: 2, dropLast: true });
    expect((await run(sourcesOf({ given: { [role]: loader } }).load(role))).totalCount).toBe(batches);
  });

  it("are shared among the ranks, unless the user does that", async () => {
    const loader = new DataLoader([1, 2, 3, 4], { batchSize: 1 });
    const strategy = { worldSize: 1, samplerRanks: { numReplicas: 2, rank: 0 } };
    for (const [useDistributedSampler, batches] of [
      [true, 2],
      [false, 4],
    ] as const) {
      const sources = sourcesOf({ given: { train: loader }, strategy, useDistributedSampler });
      expect((await run(sources.load("train"))).totalCount).toBe(batches);
    }
  });

  it("are as long on every rank as on the one that has least", async () => {
    const asked: unknown[] = [];
    const reduce = async (...request: unknown[]) => {
      asked.push(request);
      return [1, -3];
    };
    const several = { worldSize: 2, reduce };
    const data = await run(sourcesOf({ module: new Net(), strategy: several }).load("train"));
    expect(data.counts).toEqual([1]);
    expect(asked).toEqual([[[3, -3], "min", "batches of Net.trainDataloader"]]);
    const alone = { worldSize: 1, reduce };
    expect((await run(sourcesOf({ module: new Net(), strategy: alone }).load("train"))).counts).toEqual([3]);
    expect(asked).toHaveLength(1);
  });

  it("end the workers that they keep, each once, and all that were asked for", async () => {
    const ended: string[] = [];
    const keeping = (name: string) =>
      Object.assign(loaderOf(1), { shutdownWorkers: async () => void ended.push(name) });
    const first = keeping("first");
    const sources = sourcesOf({ given: { train: first, validate: [first, loaderOf(2), keeping("second")] } });
    await run(sources.load("train"));
    await run(sources.load("validate"));
    await sources.shutdownWorkers();
    expect(ended.toSorted()).toEqual(["first", "second"]);
    await sources.shutdownWorkers();
    expect(ended).toHaveLength(2);
  });

  it("that are empty on one rank alone are an error, unless that is meant", async () => {
    const rank = { worldSize: 2, globalRank: 1, reduce: async () => [2, 0, -3, -4] };
    const lists = { test: [loaderOf(1, 2), loaderOf(1)] };
    const message = await messageOf(sourcesOf({ given: lists, strategy: rank }).load("test"));
    expect(message).toContain(
      "the test loader passed to the Trainer has no batches on one rank and has some on others",
    );
    const failure: unknown = await run(sourcesOf({ given: lists, strategy: rank }).load("test")).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: "LIT_DATALOADER" });
    expect(message).toContain("Received 2, 1 on rank 1");
    expect(message).toContain("data for every rank. Where that is meant, this.allowZeroLengthDataloaderWithMultiple");
    const meant = { allowZeroLengthDataloaderWithMultipleDevices: true };
    for (const owners of [
      { module: Object.assign(new Bare(), meant) },
      { datamodule: Object.assign(new BareData(), meant) },
    ])
      expect((await run(sourcesOf({ given: lists, strategy: rank, ...owners }).load("test"))).counts).toEqual([2, 0]);
    const everywhere = { ...rank, reduce: async () => [2, 0, -2, 0] };
    expect((await run(sourcesOf({ given: lists, strategy: everywhere }).load("test"))).counts).toEqual([2, 0]);
  });
});
