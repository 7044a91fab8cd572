import { DataLoader, F, nn, optim, tf } from "@lightning-ts/core";
import { cpu } from "@lightning-ts/fabric";
import { FakeTerminal, MemoryFiles, randomDataset } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { LightningModule } from "../contract/lightning-module.js";
import type { TrainerOptions } from "../options/trainer-options.js";
import { EngineProfiler, type EngineProfilerOptions } from "../profilers/engine-profiler.js";
import { expectTraceFormat } from "../profilers/trace-format-under-test.js";
import { Trainer } from "./trainer.js";

const data = (length = 8) => new DataLoader(randomDataset({ length }), { batchSize: 2 });

/** Two layers of equal shape, which the names alone tell apart. */
class Net extends LightningModule<[x: tf.Tensor2D]> {
  readonly net = new nn.Sequential(new nn.Linear(32, 32), new nn.ReLU(), new nn.Linear(32, 32));

  override forward(x: tf.Tensor): tf.Tensor {
    return this.net.forward(x);
  }

  #loss([x]: [x: tf.Tensor2D]): tf.Tensor {
    const y = this.forward(x);
    return this.trainer.profiler.profile("penalty", () => F.mseLoss(tf.exp(y), tf.onesLike(y)));
  }

  override trainingStep(batch: [x: tf.Tensor2D]) {
    return this.#loss(batch);
  }

  override validationStep(batch: [x: tf.Tensor2D]) {
    this.log("val_loss", this.#loss(batch));
  }

  override testStep(batch: [x: tf.Tensor2D]) {
    this.log("test_loss", this.#loss(batch));
  }

  override predictStep([x]: [x: tf.Tensor2D]) {
    return this.forward(x);
  }

  override configureOptimizers() {
    return new optim.AdamW(this.parameters(), { lr: 0.01 });
  }
}

function profiled(options: EngineProfilerOptions = {}, trainerOptions: TrainerOptions = {}) {
  const [files, terminal] = [new MemoryFiles(), new FakeTerminal()];
  const profiler = new EngineProfiler({ dirpath: "/profiles", ...options });
  const trainer = new Trainer({
    profiler,
    maxEpochs: 2,
    logger: false,
    enableProgressBar: false,
    enableModelSummary: false,
    enableCheckpointing: false,
    defaultRootDir: "/project",
    ports: { files, terminal },
    ...trainerOptions,
  });
  const read = async (name: string) => new TextDecoder().decode(await files.readFile(`/profiles/${name}`));
  return { trainer, profiler, files, terminal, read };
}

describe("a fit with the engine's profiler", () => {
  it("writes a trace of the recorded steps in which every operation of a layer has the layer's path", async () => {
    const { trainer, files, read, profiler } = profiled();
    await trainer.fit(new Net(), data());
    expect(files.paths().sort()).toEqual(["/profiles/fit-report.trace.json", "/profiles/fit-report.txt"]);
    const events = expectTraceFormat(await read("fit-report.trace.json"));
    const names = new Set(events.filter(({ cat }) => cat === "operation").map(({ name }) => name));
    for (const layer of ["net.0", "net.2"])
      for (const pass of ["", " (backward)"])
        expect([...names]).toContainEqual(
          expect.stringMatching(new RegExp(`^${layer}: lit\\.\\w+${pass.replaceAll(/[()]/g, "\\$&")}$`)),
        );
    expect(names).toContain("lit.AdamUpdate");
    expect(events.filter(({ name }) => name === "runTrainingBatch")).toHaveLength(3);
    expect(events.filter(({ name, cat }) => name === "penalty" && cat === "region")).toHaveLength(3);
    expect(events.find(({ name }) => name === "Exp")?.args).toMatchObject({ region: "penalty" });
    expect(profiler.stretches).toHaveLength(2);
  });

  it("has nodes that take no longer than their run, and runs that take no longer than the steps", async () => {
    const { trainer, profiler } = profiled({ schedule: { wait: 0, active: 6 } });
    await trainer.fit(new Net(), data());
    for (const { startMs, endMs, runs } of profiler.stretches) {
      expect(runs.length).toBeGreaterThan(0);
      expect(runs.reduce((sum, { durationMs }) => sum + durationMs, 0)).toBeLessThanOrEqual(endMs - startMs);
      for (const run of runs) {
        expect(run.startMs).toBeGreaterThanOrEqual(startMs);
        const outer = run.nodes.filter(({ isInner }) => !isInner);
        expect(outer.length).toBeGreaterThan(0);
        expect(outer.reduce((sum, { durationMs }) => sum + durationMs, 0)).toBeLessThanOrEqual(run.durationMs + 0.001);
      }
    }
  });

  it("gives the weights of a fit without it, bit for bit, and leaves the model's layers as they were", async () => {
    const weights = async (options: TrainerOptions) => {
      const { trainer } = profiled({}, options);
      const model = new Net();
      for (const parameter of model.parameters()) parameter.assign(tf.fill(parameter.shape, 0.1));
      await trainer.fit(model, data());
      expect(Object.hasOwn(model.net, "forward")).toBe(false);
      return Promise.all(model.parameters().map(async (parameter) => [...(await parameter.data())]));
    };
    expect(await weights({})).toEqual(await weights({ profiler: undefined }));
  });

  it("tells in a table what each operation took, and where the trace is", async () => {
    const { trainer, read } = profiled({ rowLimit: -1 });
    await trainer.fit(new Net(), data());
    const report = await read("fit-report.txt");
    expect(report).toMatch(
      /^fit profiler report\n3 steps recorded: a step took .+, and the engine was busy for .+ of it/,
    );
    expect(report).toMatch(/net\.0 \(Linear\) +forward +lit\.Linear +1 +\d/);
    expect(report).toMatch(/net\.2 \(Linear\) +backward +/);
    expect(report).toMatch(/\n +update +lit\.AdamUpdate +1 .+ program/);
    expect(report).toContain("Trace for https://ui.perfetto.dev: /profiles/fit-report.trace.json");
  });

  it("tells no layers and writes no trace where that is not wanted", async () => {
    const { trainer, files, read } = profiled({ recordModuleNames: false, exportToChrome: false });
    await trainer.fit(new Net(), data());
    expect(files.paths()).toEqual(["/profiles/fit-report.txt"]);
    expect(await read("fit-report.txt")).not.toContain("net.0");
  });

  it("prints the table where neither a folder nor a name was given", async () => {
    const { trainer, terminal, files } = profiled({ dirpath: undefined });
    await trainer.fit(new Net(), data());
    expect(terminal.text).toContain("fit profiler report");
    expect(files.paths()).toEqual(["/project/fit-report.trace.json"]);
  });

  it("says so where the run was over before the first step to record", async () => {
    const { trainer, read, files } = profiled({ schedule: { skipFirst: 20 } });
    await trainer.fit(new Net(), data());
    expect(await read("fit-report.txt")).toContain(
      "No step was recorded: the schedule begins with step 23, and the run had 8.",
    );
    expect(files.paths()).toEqual(["/profiles/fit-report.txt"]);
  });

  it("ends with the run that fails, and serves the next one", async () => {
    const { trainer, profiler, files } = profiled({ schedule: { wait: 0, warmup: 0, active: 5 } });
    class Fails extends Net {
      override trainingStep(batch: [x: tf.Tensor2D]) {
        if (this.trainer.globalStep === 2) throw new Error("no");
        return super.trainingStep(batch);
      }
    }
    const model = new Fails();
    await expect(trainer.fit(model, data())).rejects.toThrow("no");
    expect(Object.hasOwn(model, "forward")).toBe(false);
    expect(profiler.stretches).toHaveLength(1);
    expect(files.paths()).toContain("/profiles/fit-report.trace.json");
    const second = new Net();
    await trainer.fit(second, data());
    expect(profiler.stretches.length).toBeGreaterThan(0);
  });

  it("records validation, tests and predictions where these are what runs", async () => {
    const { trainer, read } = profiled();
    const model = new Net();
    await trainer.validate(model, data(12));
    await trainer.test(model, data(12));
    await trainer.predict(model, data(12));
    for (const stage of ["validate", "test", "predict"]) {
      const events = expectTraceFormat(await read(`${stage}-report.trace.json`));
      expect(events.filter(({ name }) => name.endsWith("Step")).map(({ cat }) => cat)).toHaveLength(3);
      expect(events.some(({ name }) => name === "net.0: lit.Linear")).toBe(true);
      expect(await read(`${stage}-report.txt`)).toContain("3 steps recorded");
    }
  });
});

it("is what the names engine and pytorch stand for", () => {
  for (const name of ["engine", "pytorch"] as const)
    expect(profiled({}, { profiler: name }).trainer.profiler).toBeInstanceOf(EngineProfiler);
});

it("refuses a backend that cannot say how long its operations take", async () => {
  const { trainer } = profiled({}, { accelerator: cpu({ backend: "cpu" }) });
  await expect(trainer.fit(new Net(), data())).rejects.toThrow(/needs a backend that says.*Received "cpu".*"simple"/);
});

it("refuses numbers of rows and options that are none", () => {
  expect(() => new EngineProfiler({ rowLimit: -2 })).toThrow(/rowLimit.*Received -2/);
  const misspelt: EngineProfilerOptions = Object({ rowlimit: 1 });
  expect(() => new EngineProfiler(misspelt)).toThrow(/no option "rowlimit"/);
});
