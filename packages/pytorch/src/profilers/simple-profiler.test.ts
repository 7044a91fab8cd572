import { FakeClock, FakeTerminal, MemoryFiles } from "@lightning-ts/testing";
import { completePorts } from "@lightning-ts/fabric";
import { currentBackend, nn, resolveBackend } from "@lightning-ts/core";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { AdvancedProfiler } from "./advanced-profiler.js";
import { EngineProfiler } from "./engine-profiler.js";
import { SimpleProfiler } from "./simple-profiler.js";
import type { ProfiledRun } from "./profiler.js";

const clock = new FakeClock();
let files: MemoryFiles;
let said: string[];
let run: ProfiledRun;
beforeAll(() => resolveBackend("cpu"));
beforeEach(() => {
  files = new MemoryFiles();
  said = [];
  run = {
    stage: "fit",
    localRank: 0,
    logDir: "/logs",
    module: new nn.Linear(1, 1),
    backend: currentBackend(),
    ports: completePorts("a test", { clock, files, terminal: new FakeTerminal() }),
    say: (text) => said.push(text),
  };
});

describe("SimpleProfiler", () => {
  it("tells how often and how long each action was done, the longest first", async () => {
    const profiler = new SimpleProfiler();
    profiler.setup(run);
    for (const ms of [100, 300]) {
      profiler.start("short");
      clock.advance(ms);
      profiler.stop("short");
    }
    profiler.start("long");
    clock.advance(1600);
    profiler.stop("long");
    await profiler.describe();
    expect(said.join("\n")).toBe(
      [
        "fit profiler report",
        "Action  Mean duration (s)  Num calls  Total time (s)  Percentage %",
        "──────────────────────────────────────────────────────────────────",
        "Total   -                  3          2               100.00",
        "long    1.6                1          1.6             80.00",
        "short   0.2                2          0.4             20.00",
        "──────────────────────────────────────────────────────────────────",
      ].join("\n"),
    );
    expect(profiler.recordedDurations.get("short")).toEqual({ count: 2, totalMs: 400 });
  });

  it("fits into the terminal that shows it, and gives a file and a pipe a row for each action", async () => {
    const action = "[LightningModule]LitClassifierOfManyThings.onValidationModelZeroGrad";
    const widest = async (terminal: FakeTerminal, filename?: string) => {
      const profiler = new SimpleProfiler(filename === undefined ? {} : { filename });
      profiler.setup({ ...run, ports: { ...run.ports, terminal } });
      profiler.profile(action, () => clock.advance(10));
      said = [];
      await profiler.describe();
      const text = said.join("\n") || new TextDecoder().decode(await files.readFile("/logs/fit-report.txt")).trim();
      return [Math.max(...text.split("\n").map(({ length }) => length)), text.includes(action)];
    };
    const whole = action.length + "  Mean duration (s)  Num calls  Total time (s)  Percentage %".length;
    expect(await widest(new FakeTerminal({ isInteractive: true, columns: 80 }))).toEqual([71, false]);
    expect(await widest(new FakeTerminal({ isInteractive: false, columns: 80 }))).toEqual([whole, true]);
    expect(await widest(new FakeTerminal({ isInteractive: true, columns: 80 }), "report")).toEqual([whole, true]);
  });

  it("leaves calls and shares out where that is wanted", () => {
    const profiler = new SimpleProfiler({ extended: false });
    profiler.setup(run);
    profiler.profile("a", () => clock.advance(10));
    expect(profiler.summary().split("\n")[1]).toBe("Action  Mean duration (s)  Total time (s)");
  });

  it("begins anew with each run", () => {
    const profiler = new SimpleProfiler();
    profiler.setup(run);
    profiler.profile("a", () => clock.advance(10));
    profiler.setup(run);
    profiler.profile("b", () => clock.advance(10));
    expect([...profiler.recordedDurations.keys()]).toEqual(["b"]);
  });

  it("says where the time of a step goes, each part without those that began within it", () => {
    const profiler = new SimpleProfiler();
    profiler.setup(run);
    const spend = (action: string, part: Parameters<SimpleProfiler["start"]>[1], ms: number, within?: () => void) => {
      profiler.start(action, part);
      clock.advance(ms);
      within?.();
      profiler.stop(action);
    };
    spend("before the epoch", "hooks", 500);
    spend("runTrainingEpoch", "loop", 10, () => {
      spend("next", "data", 20);
      spend("runTrainingBatch", "loop", 10, () => spend("trainingStep", "recording", 40));
      spend("next", "data", 20);
      spend("runTrainingBatch", "loop", 10, () => spend("trainingStep", "recording", 40));
      spend("runValidation", "validation", 10, () => spend("val next", "data", 40));
    });
    const table = profiler.summary().split("\n").slice(-9, -1);
    expect(table).toEqual([
      "Where the time of a training step goes (2 steps)",
      "Part                                  Per step   Share",
      "───────────────────────────────────────────────────────",
      "recording: trainingStep and backward  40.00 ms   40.0 %",
      "validation                            25.00 ms   25.0 %",
      "data: the next batch of the loader    20.00 ms   20.0 %",
      "the Trainer's own loop                15.00 ms   15.0 %",
      "all                                   100.00 ms  100 %",
    ]);
  });

  it("refuses to start what goes on and to stop what has not begun", () => {
    const profiler = new SimpleProfiler();
    profiler.setup(run);
    profiler.start("load");
    expect(() => profiler.start("load")).toThrow('was to start "load", which has begun already');
    expect(() => profiler.stop("laod")).toThrow('stop "laod", which has not begun. Try: stop("load")');
  });

  it("writes its report where a file was named, with the rank", async () => {
    const profiler = new SimpleProfiler({ filename: "my times" });
    profiler.setup({ ...run, localRank: 2 });
    profiler.profile("a", () => clock.advance(10));
    await profiler.describe();
    expect(said).toEqual([]);
    expect(files.paths()).toEqual(["/logs/fit-my_times-2.txt"]);
    expect(new TextDecoder().decode(await files.readFile("/logs/fit-my_times-2.txt"))).toContain("fit profiler report");
    const inFolder = new SimpleProfiler({ dirpath: "/reports" });
    inFolder.setup(run);
    inFolder.profile("a", () => clock.advance(10));
    await inFolder.describe();
    expect(files.paths()).toContain("/reports/fit-report.txt");
  });
});

describe("profile", () => {
  it("gives back what the body returned, and stops when a promise is settled or the body throws", async () => {
    const profiler = new SimpleProfiler();
    profiler.setup(run);
    expect(profiler.profile("sync", () => 3)).toBe(3);
    let end = (): void => undefined;
    const pending = profiler.profile("async", async () => {
      await new Promise<void>((resolve) => (end = resolve));
      return 4;
    });
    clock.advance(50);
    expect(profiler.recordedDurations.has("async")).toBe(false);
    end();
    expect(await pending).toBe(4);
    expect(profiler.recordedDurations.get("async")).toEqual({ count: 1, totalMs: 50 });
    const fails = (): never => {
      throw new Error("no");
    };
    expect(() => profiler.profile("throws", fails)).toThrow("no");
    await expect(profiler.profile("rejects", () => Promise.reject(new Error("never")))).rejects.toThrow("never");
    expect([...profiler.recordedDurations.keys()]).toEqual(["sync", "async", "throws", "rejects"]);
  });
});

it("is refused with an option that it does not know, as the other profilers are", () => {
  expect(() => new SimpleProfiler(Object({ dir: "x" }))).toThrow(/SimpleProfiler has no option "dir"/);
  expect(() => new AdvancedProfiler(Object({ dump_stats: true }))).toThrow(
    /AdvancedProfiler has no option "dump_stats"/,
  );
  expect(() => new EngineProfiler(Object({ sortBy: "x" }))).toThrow(/EngineProfiler has no option "sortBy"/);
});
