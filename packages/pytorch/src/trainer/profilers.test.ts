import { DataLoader, resolveBackend } from "@lightning-ts/core";
import { completePorts } from "@lightning-ts/fabric";
import { BoringModel, FakeTerminal, MemoryFiles, randomDataset } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { LambdaCallback } from "../callbacks/lambda-callback.js";
import type { TrainerOptions } from "../options/trainer-options.js";
import { AdvancedProfiler } from "../profilers/advanced-profiler.js";
import { PassThroughProfiler } from "../profilers/pass-through-profiler.js";
import { Profiler } from "../profilers/profiler.js";
import { SimpleProfiler } from "../profilers/simple-profiler.js";
import { quietTrainer } from "./quiet-trainer-under-test.js";

const data = () => new DataLoader(randomDataset({ length: 4 }), { batchSize: 1 });

function trainerWith(options: TrainerOptions) {
  const [files, terminal] = [new MemoryFiles(), new FakeTerminal()];
  const trainer = quietTrainer({ maxEpochs: 2, defaultRootDir: "/project", ports: { files, terminal }, ...options });
  return { trainer, files, terminal };
}

/** Writes down what it hears, in its order. */
class Heard extends Profiler {
  readonly events: string[] = [];
  override start(action: string) {
    this.events.push(`+${action}`);
  }
  override stop(action: string) {
    this.events.push(`-${action}`);
  }
}

describe("a profiled fit", () => {
  it("hears of each action of a batch, in its order", async () => {
    const profiler = new Heard();
    const callback = new LambdaCallback({ onTrainBatchEnd: () => undefined });
    const { trainer } = trainerWith({
      profiler,
      callbacks: callback,
      limitTrainBatches: 1,
      limitValBatches: 0,
      maxEpochs: 1,
    });
    await trainer.fit(new BoringModel(), data());
    const begin = profiler.events.indexOf("+[TrainingLoop].trainDataloaderNext");
    const end = profiler.events.indexOf("-runTrainingBatch");
    expect(profiler.events.slice(begin, end + 1)).toEqual([
      "+[TrainingLoop].trainDataloaderNext",
      "-[TrainingLoop].trainDataloaderNext",
      "+runTrainingBatch",
      "+[Strategy].batchToDevice",
      "-[Strategy].batchToDevice",
      "+[LightningModule]BoringModel.trainingStep",
      "-[LightningModule]BoringModel.trainingStep",
      "+[LightningModule]BoringModel.optimizerZeroGrad",
      "-[LightningModule]BoringModel.optimizerZeroGrad",
      "+[LightningModule]BoringModel.backward",
      "-[LightningModule]BoringModel.backward",
      "+[Strategy].optimizerStep",
      "-[Strategy].optimizerStep",
      "+[LightningModule]BoringModel.lrSchedulerStep",
      "-[LightningModule]BoringModel.lrSchedulerStep",
      "+[Callback]LambdaCallback.onTrainBatchEnd",
      "-[Callback]LambdaCallback.onTrainBatchEnd",
      "+[Backend].submit",
      "-[Backend].submit",
      "-runTrainingBatch",
    ]);
  });

  it("ends every action that it began, also when the run fails", async () => {
    const profiler = new Heard();
    class Fails extends BoringModel {
      override onTrainEpochEnd() {
        throw new Error("no");
      }
    }
    const { trainer } = trainerWith({ profiler });
    await expect(trainer.fit(new Fails(), data(), data())).rejects.toThrow("no");
    const open = new Map<string, number>();
    for (const event of profiler.events)
      open.set(event.slice(1), (open.get(event.slice(1)) ?? 0) + (event.startsWith("+") ? 1 : -1));
    expect([...open].filter(([, count]) => count !== 0)).toEqual([]);
    expect(open.has("runValidation")).toBe(true);
  });

  it("is reported on the terminal, with where the time of a step goes", async () => {
    const { trainer, terminal } = trainerWith({ profiler: "simple" });
    await trainer.fit(new BoringModel(), data(), data());
    const text = terminal.text;
    expect(text).toMatch(/fit profiler report/);
    expect(text).toMatch(/runTrainingBatch +\S+ +8 /);
    expect(text).toMatch(/Where the time of a training step goes \(8 steps\)/);
    expect(text).toMatch(/recording: trainingStep and backward +\S+ \S+ +\d+\.\d %/);
    expect(text).toMatch(/validation +\S+ \S+ +\d/);
  });

  it("is reported for each run by itself, and not for those that a hook starts", async () => {
    const profiler = new SimpleProfiler();
    const { trainer } = trainerWith({ profiler, limitTrainBatches: 1, maxEpochs: 1 });
    const testData: DataLoader<never> = Object(data());
    class Tests extends BoringModel {
      override async onTrainEnd() {
        await this.trainer.test(this, testData);
      }
    }
    const module = new Tests();
    await trainer.fit(module, data());
    expect(profiler.recordedDurations.has("runTrainingBatch")).toBe(true);
    expect([...profiler.recordedDurations.keys()].filter((name) => name.includes("testStep"))).toEqual([]);
    await trainer.test(module, data());
    expect(profiler.recordedDurations.get("[LightningModule]Tests.testStep")?.count).toBe(4);
    expect(profiler.recordedDurations.has("runTrainingBatch")).toBe(false);
  });

  it("takes pieces of the user's own code", async () => {
    const profiler = new SimpleProfiler();
    class Times extends BoringModel {
      override onTrainBatchStart() {
        this.trainer.profiler.profile("look up", () => undefined);
      }
    }
    const { trainer } = trainerWith({ profiler });
    await trainer.fit(new Times(), data());
    expect(profiler.recordedDurations.get("look up")?.count).toBe(8);
  });

  it("goes on where two checkpoints are saved at once", async () => {
    const { trainer } = trainerWith({ profiler: "simple", maxEpochs: 1 });
    class Saves extends BoringModel {
      override async onTrainEpochEnd() {
        await Promise.all([this.trainer.saveCheckpoint("/a.ckpt"), this.trainer.saveCheckpoint("/b.ckpt")]);
      }
    }
    expect(await trainer.fit(new Saves(), data())).toMatchObject({ status: "finished" });
  });

  it("fails where the profiler fails, and names it", async () => {
    class Broken extends Heard {
      override setup(): void {
        throw new Error("no disk");
      }
    }
    const { trainer } = trainerWith({ profiler: new Broken() });
    await expect(trainer.fit(new BoringModel(), data())).rejects.toThrow(/Broken\.setup.*no disk/);
  });
});

describe("AdvancedProfiler", () => {
  it("names the functions that take the time, and writes a profile that tools open", async () => {
    function spin(): number {
      let sum = 0;
      for (let i = 0; i < 3e7; i += 1) sum += Math.sqrt(i);
      return sum;
    }
    class Spins extends BoringModel {
      override onTrainBatchStart() {
        spin();
      }
    }
    const { trainer, files } = trainerWith({
      profiler: new AdvancedProfiler({ dirpath: "/profiles", dumpStats: true, lineCountRestriction: 5 }),
    });
    await trainer.fit(new Spins(), data());
    expect(files.paths().sort()).toEqual(["/profiles/fit-report.cpuprofile", "/profiles/fit-report.txt"]);
    const report = new TextDecoder().decode(await files.readFile("/profiles/fit-report.txt"));
    expect(report).toMatch(/\d % +\d+\.\d % +spin +.*profilers\.test\.ts/);
    expect(report.trim().split("\n")).toHaveLength(4 + 5);
    const profile = JSON.parse(new TextDecoder().decode(await files.readFile("/profiles/fit-report.cpuprofile")));
    expect(Object.keys(profile).sort()).toEqual(["endTime", "nodes", "samples", "startTime", "timeDeltas"]);
  });

  it("says what it needs on a platform without a CPU profiler", async () => {
    const { cpuProfiler: _none, ...ports } = completePorts("a test", { files: new MemoryFiles() });
    const module = new BoringModel();
    const { backend } = await resolveBackend("cpu");
    const run = { stage: "fit", localRank: 0, logDir: "/", module, backend, ports, say: () => undefined } as const;
    await expect(new AdvancedProfiler().setup(run)).rejects.toThrow(/platform has none.*the port cpuProfiler/);
  });

  it("refuses a number of lines that is none", () => {
    expect(() => new AdvancedProfiler({ lineCountRestriction: 0 })).toThrow(/above 0.*Received 0/);
  });
});

it("a Trainer without a profiler has one that only runs what it is given", () => {
  const { profiler } = trainerWith({}).trainer;
  expect(profiler).toBeInstanceOf(PassThroughProfiler);
  expect(profiler.profile("a", () => 3)).toBe(3);
});

it("what is no profiler is refused with the names that are", () => {
  expect(() => trainerWith({ profiler: Object("xla") })).toThrow(
    /profiler: expected "simple", "advanced", "engine", "pytorch" or a Profiler/,
  );
});
