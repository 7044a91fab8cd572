import { DataLoader } from "@lightning-ts/core";
import { dummyLogger, type Logger } from "@lightning-ts/fabric";
import { BoringModel, FakeClock, FakeTerminal, MemoryFiles, randomDataset } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { Callback } from "../../contract/callback.js";
import type { TrainerOptions } from "../../options/trainer-options.js";
import { Throughput, type ThroughputOptions } from "./throughput.js";
import { ThroughputMonitor, type ThroughputMonitorOptions } from "./throughput-monitor.js";
import { quietTrainer } from "../../trainer/quiet-trainer-under-test.js";

describe("Throughput", () => {
  it("gives totals at once, and Lightning's rates once the window is full", () => {
    const throughput = new Throughput({ availableFlops: 50, windowSize: 3 });
    expect(throughput.compute()).toEqual({});
    throughput.update({ timeSeconds: 2, batches: 1, samples: 2, lengths: 4, flops: 10 });
    expect(throughput.compute()).toEqual({ time: 2, batches: 1, samples: 2, lengths: 4 });
    throughput.update({ timeSeconds: 2.5, batches: 2, samples: 4, lengths: 8, flops: 10 });
    throughput.update({ timeSeconds: 3, batches: 3, samples: 6, lengths: 12, flops: 10 });
    expect(throughput.compute()).toEqual({
      ...{ time: 3, batches: 3, samples: 6, lengths: 12, "device/mfu": 0.4 },
      ...{ "device/batches_per_sec": 2, "device/samples_per_sec": 4, "device/items_per_sec": 8 },
      "device/flops_per_sec": 20,
    });
    throughput.update({ timeSeconds: 5, batches: 4, samples: 8, lengths: 16, flops: 40 });
    expect(throughput.compute()).toMatchObject({ "device/batches_per_sec": 0.8, "device/flops_per_sec": 20 });
    throughput.reset();
    expect([throughput.compute(), throughput.timeSeconds]).toEqual([{}, 0]);
  });

  it("adds those of all devices", () => {
    const throughput = new Throughput({ worldSize: 4, windowSize: 2, separator: "|" });
    for (const i of [1, 2]) throughput.update({ timeSeconds: i, batches: i, samples: 3 * i });
    expect(throughput.compute()).toMatchObject({
      ...{ "device|batches_per_sec": 1, "device|samples_per_sec": 3, batches_per_sec: 4, samples_per_sec: 12 },
    });
    expect(throughput.compute()).not.toHaveProperty("items_per_sec");
  });

  it.each([
    [{ timeSeconds: 1, batches: 2, samples: 1 }, "these samples are too few. Expected at least as many as batches: 2"],
    [{ timeSeconds: 1, batches: 2, samples: 4, lengths: 3 }, "these lengths are too few"],
    [{ timeSeconds: 0.5, batches: 2, samples: 4 }, "these timeSeconds are too few"],
    [{ timeSeconds: 2, batches: 0, samples: 4 }, "these batches are too few"],
    [{ timeSeconds: Number.NaN, batches: 2, samples: 4 }, "these timeSeconds are too few"],
  ])("refuses %j", (done, message) => {
    const throughput = new Throughput();
    throughput.update({ timeSeconds: 1, batches: 1, samples: 1 });
    expect(() => throughput.update(done)).toThrow(message);
  });

  it.each([
    [{ windowSize: 1 }, "windowSize"],
    [{ worldSize: 0 }, "worldSize"],
    [{ availableFlops: -1 }, "availableFlops"],
    [{ window: 1 }, "window"],
  ])("refuses the options %j", (options, message) => {
    expect(() => new Throughput(options as ThroughputOptions)).toThrow(message);
  });
});

type Row = Readonly<Record<string, number>>;

/** A trainer whose batches take a second, and what its logger gets. */
function setUp(monitor: ThroughputMonitor, options: TrainerOptions = {}) {
  const clock = new FakeClock();
  const rows: [step: number | undefined, row: Row][] = [];
  const logger: Logger = {
    ...dummyLogger(),
    logMetrics(row, step) {
      const own = Object.entries(row).filter(([name]) => name.includes("/"));
      if (own.length > 0) rows.push([step, Object.fromEntries(own)]);
    },
  };
  const tick = () => clock.advance(1000);
  const takesTime = new (class extends Callback {
    override onTrainBatchStart = tick;
    override onValidationBatchStart = tick;
    override onTestBatchStart = tick;
    override onPredictBatchStart = tick;
    override onTrainEpochStart = tick;
  })();
  const terminal = new FakeTerminal();
  const trainer = quietTrainer({
    maxEpochs: 1,
    logEveryNSteps: 1,
    numSanityValSteps: 0,
    logger,
    ports: { clock, files: new MemoryFiles(), terminal },
    ...options,
    callbacks: [takesTime, monitor],
  });
  return { trainer, rows, terminal };
}

const loader = (batches: number) => new DataLoader(randomDataset({ length: 2 * batches }), { batchSize: 2 });
const batchSizeFn = () => 2;

class Model extends BoringModel {
  readonly flopsPerBatch = 100;
}

describe("ThroughputMonitor", () => {
  it("logs the rates of training, and leaves the time of validation out", async () => {
    const monitor = new ThroughputMonitor({ batchSizeFn, lengthFn: () => 6, windowSize: 2, availableFlops: 200 });
    const { trainer, rows, terminal } = setUp(monitor, { valCheckInterval: 2 });
    await trainer.fit(new Model(), loader(4), loader(2));
    const train = rows.filter(([, row]) => "train/time" in row);
    expect(train.map(([step, row]) => [step, row["train/time"], row["train/device/samples_per_sec"]])).toEqual([
      [0, 2, undefined],
      [1, 3, 2],
      [2, 4, 2],
      [3, 5, 2],
    ]);
    expect(train.at(-1)?.[1]).toEqual({
      ...{ "train/time": 5, "train/batches": 4, "train/samples": 8, "train/lengths": 24 },
      ...{ "train/device/batches_per_sec": 1, "train/device/samples_per_sec": 2, "train/device/items_per_sec": 6 },
      ...{ "train/device/flops_per_sec": 100, "train/device/mfu": 0.5 },
    });
    const validation = rows.filter(([, row]) => "validate/time" in row);
    expect(validation.map(([step, row]) => [step, row["validate/time"], row["validate/batches"]])).toEqual([
      [1, 1, 1],
      [2, 2, 2],
      [3, 1, 1],
      [4, 2, 2],
    ]);
    expect(terminal.warnings.join()).not.toContain("flopsPerBatch");
  });

  it("logs where an accumulation window closes, and as often as rows are logged", async () => {
    const { trainer, rows } = setUp(new ThroughputMonitor({ batchSizeFn, windowSize: 2 }), {
      accumulateGradBatches: 2,
      logEveryNSteps: 2,
      limitValBatches: 0,
    });
    await trainer.fit(new Model(), loader(8));
    expect(rows.map(([step, row]) => [step, row["train/batches"]])).toEqual([
      [1, 4],
      [3, 8],
    ]);
  });

  it.each(["validate", "test", "predict"] as const)("logs in %s by the batches of the call", async (stage) => {
    const { trainer, rows } = setUp(new ThroughputMonitor({ batchSizeFn, windowSize: 2, separator: "/" }), {
      logEveryNSteps: 2,
    });
    const data = { dataloaders: loader(4) };
    const runs = {
      validate: () => trainer.validate(new Model(), data),
      test: () => trainer.test(new Model(), data),
      predict: () => trainer.predict(new Model(), data),
    };
    await runs[stage]();
    expect(rows.map(([, row]) => [row[`${stage}/batches`], row[`${stage}/device/batches_per_sec`]])).toEqual([
      [2, 1],
      [4, 1],
    ]);
  });

  it("says that a module does not tell how many operations it needs, and logs none", async () => {
    const { trainer, rows, terminal } = setUp(new ThroughputMonitor({ batchSizeFn, windowSize: 2 }));
    await trainer.fit(new BoringModel(), loader(3));
    expect(terminal.warnings.join()).toContain("BoringModel has no flopsPerBatch");
    expect(Object.keys(rows.at(-1)?.[1] ?? {}).some((name) => name.includes("flops"))).toBe(false);
  });

  it("says when its function counts nothing", async () => {
    const { trainer } = setUp(new ThroughputMonitor({ batchSizeFn: () => Number.NaN }));
    await expect(trainer.fit(new Model(), loader(1))).rejects.toThrow("cannot count with its batchSizeFn");
  });

  it.each([
    [{}, "batchSizeFn"],
    [{ batchSizeFn, lengthFn: 3 }, "lengthFn"],
    [{ batchSizeFn, windowSize: 0 }, "windowSize"],
    [{ batchSizeFn, worldSize: 2 }, "worldSize"],
  ])("refuses %j", (options, message) => {
    expect(() => new ThroughputMonitor(options as ThroughputMonitorOptions)).toThrow(message);
  });
});
