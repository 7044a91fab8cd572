import type { CpuTimes, EventLoopWatch, Machine, MachineMemory } from "@lightning-ts/core";
import { FakeClock } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { LightningModule } from "../../contract/lightning-module.js";
import type { Trainer } from "../../contract/trainer.js";
import { CpuStatistics } from "./cpu-statistics.js";
import { DeviceStatsMonitor } from "./device-stats-monitor.js";
import { isLogDue } from "./is-log-due.js";
import { Throughput, type ThroughputOptions, type WorkDone } from "./throughput.js";
import { ThroughputMonitor } from "./throughput-monitor.js";

function failureOf(call: () => unknown): string {
  try {
    call();
    return "none";
  } catch (error) {
    return String(error);
  }
}

/** A machine that tells what it is told to. */
function machineWith(memory: Partial<MachineMemory> = {}, times: CpuTimes[] = []) {
  const ended: string[] = [];
  const watch: EventLoopWatch = { read: () => ({ meanMs: 1, maxMs: 2 }), end: () => void ended.push("watch") };
  const machine: Machine = {
    memory: () => ({ totalBytes: 100, availableBytes: 25, residentBytes: 7, heapUsedBytes: 5, ...memory }),
    cpuTimes: () => times.shift() ?? { busyMs: 0, totalMs: 0 },
    watchEventLoop: () => watch,
  };
  return { machine, ended };
}

describe("how busy the processors are", () => {
  it("is a part of the time since the last look", () => {
    const times = [
      { busyMs: 100, totalMs: 1000 },
      { busyMs: 130, totalMs: 1100 },
      { busyMs: 180, totalMs: 1200 },
      { busyMs: 180, totalMs: 1200 },
    ];
    const statistics = new CpuStatistics(machineWith({}, times).machine);
    expect([1, 2, 3].map(() => statistics.read()["cpu_percent"])).toEqual([30, 50, 0]);
  });

  it("comes with memory, and with swapped memory where all of it is known", () => {
    const read = (memory: Partial<MachineMemory>) => new CpuStatistics(machineWith(memory).machine).read();
    expect(read({})).toEqual({
      ...{ cpu_percent: 0, cpu_vm_percent: 75, "process.resident_bytes": 7, "process.heap_used_bytes": 5 },
      ...{ "event_loop.delay_mean_ms": 1, "event_loop.delay_max_ms": 2 },
    });
    expect(read({ swapTotalBytes: 10, swapFreeBytes: 4 })["cpu_swap_percent"]).toBe(60);
    expect(read({ swapTotalBytes: 0, swapFreeBytes: 0 })["cpu_swap_percent"]).toBe(0);
    for (const memory of [{ swapTotalBytes: 10 }, { swapFreeBytes: 4 }])
      expect(Object.keys(read(memory))).not.toContain("cpu_swap_percent");
  });
});

describe("a row is due", () => {
  const at = (trainer: object): boolean => isLogDue(Object(trainer));
  const loop = (ready: number) => ({ batchProgress: { current: { ready } } });
  const loops = { validateLoop: loop(2), testLoop: loop(3), predictLoop: loop(4) };

  it("by the steps of a fit, counting the one that comes", () => {
    const fit = { stage: "fit", logEveryNSteps: 3, shouldStop: false, ...loops };
    expect([0, 1, 2, 3, 4, 5].map((batchesThatStepped) => at({ ...fit, batchesThatStepped }))).toEqual([
      false,
      false,
      true,
      false,
      false,
      true,
    ]);
    expect(at({ ...fit, batchesThatStepped: 0, shouldStop: true })).toBe(true);
  });

  it("by the batches of other stages, and never where none are wanted", () => {
    const other = { shouldStop: false, batchesThatStepped: 0, ...loops };
    const stages = ["validate", "test", "predict"];
    for (const every of [2, 3, 4])
      expect(stages.map((stage) => at({ ...other, stage, logEveryNSteps: every }))).toEqual(
        [2, 3, 4].map((count) => count % every === 0),
      );
    for (const stage of ["fit", ...stages])
      expect(at({ ...other, stage, logEveryNSteps: 0, shouldStop: true })).toBe(false);
  });
});

describe("throughput", () => {
  const measured = (options: ThroughputOptions, ...updates: readonly WorkDone[]) => {
    const throughput = new Throughput(options);
    for (const update of updates) throughput.update(update);
    return throughput;
  };
  const first = { timeSeconds: 1, batches: 1, samples: 4, lengths: 8, flops: 100 };
  const last = { timeSeconds: 3, batches: 3, samples: 10, lengths: 20, flops: 50 };

  it("is nothing before anything is done, and after it is forgotten", () => {
    const throughput = measured({ windowSize: 2 }, first, last);
    expect(throughput.timeSeconds).toBe(3);
    throughput.reset();
    expect([throughput.compute(), throughput.timeSeconds, new Throughput().compute()]).toEqual([{}, 0, {}]);
    throughput.update(first);
    expect(throughput.compute()).toEqual({ time: 1, batches: 1, samples: 4, lengths: 8 });
  });

  it("is what was done between the first and the last update, by the time between them", () => {
    expect(measured({ windowSize: 2, availableFlops: 250 }, first, last).compute()).toEqual({
      ...{ time: 3, batches: 3, samples: 10, lengths: 20 },
      ...{ "device/batches_per_sec": 1, "device/samples_per_sec": 3, "device/items_per_sec": 6 },
      ...{ "device/flops_per_sec": 25, "device/mfu": 0.1 },
    });
    const { lengths: _, flops: __, ...plain } = last;
    expect(measured({ windowSize: 2, availableFlops: 250 }, first, plain).compute()).toEqual({
      ...{ time: 3, batches: 3, samples: 10 },
      ...{ "device/batches_per_sec": 1, "device/samples_per_sec": 3 },
    });
    const begun = measured({ windowSize: 2 }, { ...plain, timeSeconds: 1, batches: 1, samples: 4 }, last).compute();
    expect(Object.keys(begun)).not.toContain("device/items_per_sec");
    expect(Object.keys(measured({ windowSize: 2 }, first, last).compute())).not.toContain("device/mfu");
  });

  it.each<[object, string]>([
    [{ windowSize: 1 }, "a whole number of at least 2"],
    [{ windowSize: 2.5 }, "a whole number of at least 2"],
    [{ worldSize: 0 }, "a whole number of at least 1"],
    [{ availableFlops: 0 }, "a number above 0"],
    [{ availableFlops: Number.NaN }, "a number above 0"],
    [{ window: 3 }, "window"],
  ])("refuses %o", (options, message) => {
    const failure = failureOf(() => new Throughput(options));
    expect(failure).toContain("Throughput");
    expect(failure).toContain(message);
    expect(failureOf(() => new Throughput({ windowSize: 2, worldSize: 1, availableFlops: 0.5 }))).toBe("none");
  });

  it.each<[Partial<WorkDone>, string]>([
    [{ samples: 2 }, "these samples are too few. Expected at least as many as batches: 3. Received 2"],
    [{ lengths: 9 }, "these lengths are too few. Expected at least as many as samples: 10. Received 9"],
    [{ timeSeconds: 0.5 }, "these timeSeconds are too few. Expected at least as many as timeSeconds before: 1"],
    [{ batches: 0 }, "these batches are too few. Expected at least as many as batches before: 1"],
    [{ batches: 1, samples: 3 }, "these samples are too few. Expected at least as many as samples before: 4"],
  ])("refuses %o", (changed, message) => {
    const failure = failureOf(() => measured({}, first, { ...last, ...changed }));
    expect(failure).toContain("Throughput counts what was done since the beginning");
    expect(failure).toContain(message);
    expect(failureOf(() => measured({}, first, first))).toBe("none");
  });
});

class Net extends LightningModule {
  flopsPerBatch: unknown = 10;
}

/** A Trainer of plain fields, and the rows and warnings that it gets. */
function plainTrainer(fields: object = {}) {
  const rows: (readonly [number, Record<string, number>])[] = [];
  const warnings: string[] = [];
  const clock = new FakeClock(0);
  const loop = { batchProgress: { total: { ready: 5 }, current: { ready: 5 } } };
  const trainer: Trainer = Object({
    ...{ isGlobalZero: true, worldSize: 1, stage: "fit", runningStage: "train", sanityChecking: false },
    ...{ logEveryNSteps: 1, shouldStop: false, batchesThatStepped: 0, accumulateGradBatches: 1, isLastBatch: false },
    fitLoop: { epochLoop: { batchIdx: 0, valLoop: { batchProgress: { total: { ready: 7 } } } } },
    ...{ validateLoop: loop, testLoop: loop, predictLoop: loop },
    ports: { clock },
    loggers: [],
    warn: (_topic: string, text: string) => void warnings.push(text),
    logNow: (row: Record<string, number>, step: number) => void rows.push([step, row]),
    ...fields,
  });
  return { trainer, rows, warnings, clock };
}

describe("ThroughputMonitor", () => {
  const batchSizeFn = () => 2;
  const monitor = (options: object = {}) => new ThroughputMonitor({ batchSizeFn, windowSize: 2, ...options });
  const NOTHING = Object({});

  it("says once for each setup that there are no operations, and begins anew", () => {
    const { trainer, rows, warnings } = plainTrainer();
    const callback = monitor();
    callback.setup(trainer, new Net(), "fit");
    expect(warnings).toEqual([]);
    callback.onTrainStart(trainer);
    for (const flops of [undefined, "many"]) {
      const net = Object.assign(new Net(), { flopsPerBatch: flops });
      callback.setup(trainer, net, "fit");
    }
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toBe(
      "ThroughputMonitor logs no operations: Net has no flopsPerBatch that says how many a batch needs.",
    );
    callback.onTrainBatchEnd(trainer, new Net(), NOTHING, 0);
    expect(rows).toEqual([]);
  });

  it("logs where an accumulation window ends, or the epoch does", () => {
    const { trainer, rows } = plainTrainer({ accumulateGradBatches: 3 });
    const callback = monitor();
    callback.onTrainStart(trainer);
    const steps = [0, 1, 2, 3, 4].map((batchIdx) => {
      Object.assign(trainer.fitLoop.epochLoop, { batchIdx });
      Object.assign(trainer, { isLastBatch: batchIdx === 4 });
      callback.onTrainBatchEnd(trainer, new Net(), NOTHING, 0);
      return rows.length;
    });
    expect(steps).toEqual([0, 0, 1, 1, 2]);
    expect(rows.map(([, row]) => row["train/batches"])).toEqual([3, 5]);
  });

  it("does not count what a check of the validation does, on which only rank 0 works", () => {
    for (const fields of [{ sanityChecking: true }, { isGlobalZero: false }, { runningStage: undefined }]) {
      const { trainer, rows } = plainTrainer({ runningStage: "validate", ...fields });
      const callback = monitor();
      callback.onValidationStart(trainer);
      callback.onValidationBatchEnd(trainer, new Net(), 0, 0);
      callback.onValidationEnd(trainer);
      expect(rows).toEqual([]);
      Object.assign(trainer, { sanityChecking: false });
      callback.onValidationBatchEnd(trainer, new Net(), 0, 0);
      expect(rows).toEqual([]);
    }
  });

  it("has the steps of the loop that validates", () => {
    for (const [stage, step] of [
      ["fit", 7],
      ["validate", 5],
    ] as const) {
      const { trainer, rows } = plainTrainer({ stage, runningStage: "validate" });
      const callback = monitor();
      callback.onValidationStart(trainer);
      callback.onValidationBatchEnd(trainer, new Net(), 0, 0);
      expect(rows.map(([at]) => at)).toEqual([step]);
    }
  });

  it("leaves the time of a validation out of training's, and only there", () => {
    const { trainer, rows, clock } = plainTrainer();
    const callback = monitor();
    callback.onValidationEnd(trainer);
    callback.onTrainStart(trainer);
    const train = () => callback.onTrainBatchEnd(trainer, new Net(), NOTHING, 0);
    clock.advance(1000);
    train();
    clock.advance(5000);
    callback.onValidationEnd(trainer);
    clock.advance(1000);
    train();
    clock.advance(1000);
    for (const fields of [{ sanityChecking: true }, { sanityChecking: false, stage: "validate" }]) {
      Object.assign(trainer, fields);
      callback.onValidationEnd(trainer);
    }
    Object.assign(trainer, { stage: "fit" });
    train();
    expect(rows.map(([, row]) => row["train/time"])).toEqual([1, 2, 3]);
  });

  it.each<[object, string]>([
    [{ batchSizeFn: 3 }, "a function from a batch to its samples"],
    [{ lengthFn: 3 }, "a function from a batch to its parts"],
    [{ worldSize: 3 }, "worldSize"],
    [{ windowSize: 1 }, "a whole number of at least 2"],
  ])("refuses %o", (options, message) => {
    const failure = failureOf(() => monitor(options));
    expect(failure).toContain("Throughput");
    expect(failure).toContain(message);
    expect(failureOf(() => monitor({ lengthFn: () => 3 }))).toBe("none");
  });

  it.each<[object, string]>([
    [
      { batchSizeFn: () => "2" },
      "cannot count with its batchSizeFn. Expected a function that returns a number. Received 2",
    ],
    [
      { lengthFn: () => Number.NaN },
      "cannot count with its lengthFn. Expected a function that returns a number. Received NaN",
    ],
  ])("says what does not count with %o", (options, message) => {
    const { trainer } = plainTrainer();
    const callback = monitor(options);
    callback.onTrainStart(trainer);
    expect(failureOf(() => callback.onTrainBatchEnd(trainer, new Net(), NOTHING, 0))).toContain(message);
  });
});

describe("DeviceStatsMonitor", () => {
  const memory = { numTensors: 3, usedBytes: 9 };
  const device = (type = "cpu") => ({ type, backend: { memory: () => memory } });
  const moduleOn = (type?: string): LightningModule => Object({ device: device(type) });
  const withMachine = () => {
    const { machine, ended } = machineWith();
    return { ...plainTrainer({ loggers: [{}], ports: { clock: new FakeClock(0), machine } }), ended };
  };
  const namesIn = (row: Record<string, number> | undefined) =>
    Object.keys(row ?? {}).map((name) => name.split(/[/-]/)[1]);

  it("logs at both ends of a batch of each stage that trains or evaluates", () => {
    const { trainer, rows } = withMachine();
    const callback = new DeviceStatsMonitor({ filterKeys: ["tensors.count"] });
    callback.setup(trainer, moduleOn(), "fit");
    callback.onTrainBatchStart(trainer);
    callback.onTrainBatchEnd(trainer);
    callback.onValidationBatchStart(trainer);
    callback.onValidationBatchEnd(trainer);
    callback.onTestBatchStart(trainer);
    callback.onTestBatchEnd(trainer);
    expect(rows).toEqual(
      ["train", "validation", "test"].flatMap((stage) =>
        ["start", "end"].map((end) => [0, { [`DeviceStatsMonitor.on_${stage}_batch_${end}/tensors.count`]: 3 }]),
      ),
    );
  });

  it("writes names as its first logger groups them, and nothing where nothing is wanted", () => {
    const { trainer, rows, warnings } = withMachine();
    Object.assign(trainer, { loggers: [{ groupSeparator: "-" }, { groupSeparator: "/" }] });
    const callback = new DeviceStatsMonitor({ filterKeys: ["tensors.bytes", "tensors.bites", "cpu"] });
    callback.setup(trainer, moduleOn(), "fit");
    callback.onTrainBatchStart(trainer);
    expect(rows).toEqual([[0, { "DeviceStatsMonitor.on_train_batch_start-tensors.bytes": 9 }]]);
    expect(warnings.join()).toContain('DeviceStatsMonitor has no "tensors.bites", "cpu". It has cpu_percent, ');
    Object.assign(trainer, { loggers: [{}] });
    const nothing = new DeviceStatsMonitor({ filterKeys: [] });
    nothing.setup(trainer, moduleOn(), "fit");
    nothing.onTrainBatchStart(trainer);
    expect([rows.length, warnings.length]).toEqual([1, 1]);
    new DeviceStatsMonitor().setup(trainer, moduleOn(), "fit");
    expect(warnings).toHaveLength(1);
  });

  it("measures processors where the model is on them, or where that is asked for, until it is over", () => {
    for (const [type, cpuStats, has] of [
      ["cpu", undefined, true],
      ["gpu", undefined, false],
      ["gpu", true, true],
      ["cpu", false, false],
    ] as const) {
      const { trainer, rows, ended } = withMachine();
      const callback = new DeviceStatsMonitor({ cpuStats });
      callback.setup(trainer, moduleOn(type), "fit");
      callback.onTrainBatchStart(trainer);
      expect(namesIn(rows[0]?.[1]).includes("cpu_percent"), `${type} ${String(cpuStats)}`).toBe(has);
      callback.teardown();
      expect(ended).toHaveLength(has ? 1 : 0);
      callback.onTrainBatchStart(trainer);
      expect(namesIn(rows[1]?.[1])).toEqual(["tensors.count", "tensors.bytes"]);
    }
  });

  it("needs a platform that knows its processors only where they are asked for", () => {
    const { trainer, rows } = plainTrainer({ loggers: [{}] });
    const callback = new DeviceStatsMonitor();
    callback.setup(trainer, moduleOn(), "fit");
    callback.onTrainBatchStart(trainer);
    expect(namesIn(rows[0]?.[1])).toEqual(["tensors.count", "tensors.bytes"]);
    const failure = failureOf(() => new DeviceStatsMonitor({ cpuStats: true }).setup(trainer, moduleOn(), "fit"));
    expect(failure).toContain(
      "DeviceStatsMonitor cannot ask this platform for its processors and memory. Expected ports: { machine } of the Trainer, which nodePorts() has",
    );
    expect(failure).toContain("cpuStats: false.");
    Object.assign(trainer, { loggers: [] });
    expect(failureOf(() => callback.setup(trainer, moduleOn(), "fit"))).toContain(
      "DeviceStatsMonitor has no logger to write to. Try: new Trainer({ logger: true }).",
    );
  });

  it.each<[object, string]>([
    [{ cpuStats: "yes" }, "true or false"],
    [{ filterKeys: "cpu_percent" }, "a list of names"],
    [{ filterKeys: ["cpu_percent", 3] }, "a list of names"],
    [{ filter: [] }, "filter"],
  ])("refuses %o", (options, message) => {
    const failure = failureOf(() => new DeviceStatsMonitor(options));
    expect(failure).toContain("DeviceStatsMonitor");
    expect(failure).toContain(message);
  });
});
