import { DataLoader } from "@lightning-ts/core";
import { cpu, dummyLogger, type Logger } from "@lightning-ts/fabric";
import { nodeMachine } from "@lightning-ts/fabric/node";
import { BoringModel, FakeMachine, FakeTerminal, MemoryFiles, randomDataset } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import type { TrainerOptions } from "../../options/trainer-options.js";
import { Trainer } from "../../trainer/trainer.js";
import { LambdaCallback } from "../lambda-callback.js";
import { DeviceStatsMonitor, type DeviceStatsMonitorOptions } from "./device-stats-monitor.js";

type Row = Readonly<Record<string, number>>;

function setUp(options: DeviceStatsMonitorOptions = {}, others: TrainerOptions = {}, backend = "cpu") {
  const rows: [step: number | undefined, row: Row][] = [];
  const logger: Logger = {
    ...dummyLogger(),
    logMetrics(row, step) {
      const own = Object.entries(row).filter(([name]) => name.startsWith("DeviceStatsMonitor"));
      if (own.length > 0) rows.push([step, Object.fromEntries(own)]);
    },
  };
  const machine = new FakeMachine();
  const terminal = new FakeTerminal();
  const works = new LambdaCallback({
    onTrainBatchStart() {
      machine.times = { busyMs: machine.times.busyMs + 30, totalMs: machine.times.totalMs + 120 };
    },
  });
  const trainer = new Trainer({
    accelerator: cpu({ backend }),
    maxEpochs: 1,
    logEveryNSteps: 1,
    numSanityValSteps: 0,
    logger,
    enableCheckpointing: false,
    enableProgressBar: false,
    enableModelSummary: false,
    ports: { files: new MemoryFiles(), terminal, machine },
    ...others,
    callbacks: [works, new DeviceStatsMonitor(options)],
  });
  return { trainer, rows, machine, terminal };
}

const loader = (batches: number) => new DataLoader(randomDataset({ length: batches }));
const hooksOf = (rows: readonly [unknown, Row][]) =>
  rows.map(([step, row]) => [step, Object.keys(row)[0]?.split("/")[0]?.replace("DeviceStatsMonitor.", "")]);

describe("DeviceStatsMonitor", () => {
  it("logs at the beginning and the end of the batches whose rows are due", async () => {
    const { trainer, rows } = setUp({}, { logEveryNSteps: 2 });
    await trainer.fit(new BoringModel(), loader(4), loader(1));
    expect(hooksOf(rows)).toEqual([
      [1, "on_train_batch_start"],
      [1, "on_train_batch_end"],
      [3, "on_train_batch_start"],
      [3, "on_train_batch_end"],
      [3, "on_validation_batch_start"],
      [3, "on_validation_batch_end"],
    ]);
    await trainer.test(new BoringModel(), { dataloaders: loader(2), verbose: false });
    expect(hooksOf(rows.slice(6)).map(([, hook]) => hook)).toContain("on_test_batch_end");
  });

  it("measures processors since the last row, memory, and how late the event loop was", async () => {
    const { trainer, rows, machine } = setUp();
    machine.held = { ...machine.held, swapTotalBytes: 400, swapFreeBytes: 300 };
    machine.delay = { meanMs: 2, maxMs: 9 };
    await trainer.fit(new BoringModel(), loader(1));
    const key = (name: string) => `DeviceStatsMonitor.on_train_batch_start/${name}`;
    expect(rows[0]?.[1]).toMatchObject({
      ...{ [key("cpu_percent")]: 25, [key("cpu_vm_percent")]: 25, [key("cpu_swap_percent")]: 25 },
      ...{ [key("process.resident_bytes")]: 200, [key("process.heap_used_bytes")]: 50 },
      ...{ [key("event_loop.delay_mean_ms")]: 2, [key("event_loop.delay_max_ms")]: 9 },
      [key("tensors.count")]: expect.any(Number),
    });
    expect(machine.watches).toBe(0);
  });

  it("logs what the engine counts", async () => {
    const { trainer, rows } = setUp({ cpuStats: false }, {}, "onnxruntime");
    await trainer.fit(new BoringModel(), loader(2));
    const names = Object.keys(rows.at(-1)?.[1] ?? {}).map((name) => name.split("/")[1]);
    for (const name of ["engine.runs", "engine.compiled_graphs", "engine.live_graphs", "tensors.bytes"])
      expect(names).toContain(name);
    expect(names).toContain("reserved_bytes.all.current");
    expect(names).not.toContain("cpu_percent");
  });

  it("logs what was asked for, and says what there is not", async () => {
    const { trainer, rows, terminal } = setUp({ filterKeys: ["cpu_percent", "gpu_percent"] });
    await trainer.fit(new BoringModel(), loader(1));
    expect(rows[0]?.[1]).toEqual({ "DeviceStatsMonitor.on_train_batch_start/cpu_percent": 25 });
    expect(terminal.warnings.join()).toContain('DeviceStatsMonitor has no "gpu_percent". It has cpu_percent, ');
  });

  it("needs a logger, and a platform that knows its processors where they are asked for", async () => {
    const without = setUp({}, { logger: false }).trainer;
    await expect(without.fit(new BoringModel(), loader(1))).rejects.toThrow("no logger to write to");
  });

  it.each([
    [{ cpuStats: "yes" }, "cpuStats"],
    [{ filterKeys: "cpu_percent" }, "filterKeys"],
    [{ filter: [] }, "filter"],
  ])("refuses %j", (options, message) => {
    expect(() => new DeviceStatsMonitor(options as unknown as DeviceStatsMonitorOptions)).toThrow(message);
  });
});

it("Node tells how busy the machine is", async () => {
  const machine = nodeMachine();
  const [first, watch] = [machine.cpuTimes(), machine.watchEventLoop()];
  const end = performance.now() + 60;
  while (performance.now() < end) Math.sqrt(end);
  await new Promise((resolve) => setTimeout(resolve, 40));
  const { maxMs, meanMs } = watch.read();
  watch.end();
  expect(maxMs).toBeGreaterThanOrEqual(meanMs);
  const later = machine.cpuTimes();
  expect(later.totalMs).toBeGreaterThan(first.totalMs);
  expect(later.busyMs).toBeGreaterThanOrEqual(first.busyMs);
  const { totalBytes, availableBytes, residentBytes, heapUsedBytes } = machine.memory();
  expect(availableBytes).toBeLessThanOrEqual(totalBytes);
  expect(heapUsedBytes).toBeLessThan(residentBytes);
});
