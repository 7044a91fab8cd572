import { describe, expect, it } from "vitest";
import { Callback } from "../../contract/callback.js";
import { LightningDataModule } from "../../contract/lightning-data-module.js";
import { LightningModule } from "../../contract/lightning-module.js";
import { Driver } from "../../door/driver.js";
import { wait, type Steps } from "../../door/steps.js";
import { Profiler } from "../../profilers/profiler.js";
import { RunTiming } from "./run-timing.js";
import { timed } from "./timed.js";

class Traces extends Profiler {
  readonly heard: string[] = [];
  override start(action: string, part?: string): void {
    this.heard.push(`> ${action} (${part})`);
  }
  override stop(action: string): void {
    this.heard.push(`< ${action}`);
  }
}

class Net extends LightningModule {}
class Data extends LightningDataModule {}
class Watch extends Callback {}
class Board {}

function open() {
  const profiler = new Traces();
  return { profiler, heard: profiler.heard, timing: new RunTiming(profiler) };
}

/** What the profiler hears of one call. */
function heardOf(owner: object, method: string): string | undefined {
  const { timing, heard } = open();
  timing.beginCall({ owner, method });
  return heard.join();
}

describe("a profiled run", () => {
  it.each([
    ["trainingStep", "recording"],
    ["backward", "recording"],
    ["onBeforeBatchTransfer", "transfer"],
    ["transferBatchToDevice", "transfer"],
    ["onAfterBatchTransfer", "transfer"],
    ["optimizerZeroGrad", "update"],
    ["optimizerStep", "update"],
    ["lrSchedulerStep", "update"],
    ["configureGradientClipping", "update"],
    ["onTrainStart", "hooks"],
    ["validationStep", "recording"],
    ["onValidationEpochEnd", "hooks"],
  ])("counts the module's %s for %s", (method, part) => {
    expect(heardOf(new Net(), method)).toBe(`> [LightningModule]Net.${method} (${part})`);
  });

  it("tells whose method it is", () => {
    expect(heardOf(new Data(), "setup")).toBe("> [LightningDataModule]Data.setup (hooks)");
    expect(heardOf(new Data(), "transferBatchToDevice")).toBe(
      "> [LightningDataModule]Data.transferBatchToDevice (transfer)",
    );
    expect(heardOf(new Watch(), "onTrainStart")).toBe("> [Callback]Watch.onTrainStart (callbacks)");
    expect(heardOf(new Watch(), "trainingStep")).toBe("> [Callback]Watch.trainingStep (callbacks)");
    expect(heardOf(new Board(), "logMetrics")).toBe("> Board.logMetrics (logging)");
  });

  it("tells two methods and two owners apart, and the same ones again", () => {
    const { timing, heard } = open();
    const net = new Net();
    for (const owner of [net, new Data(), net])
      for (const method of ["setup", "teardown"]) {
        const action = timing.beginCall({ owner, method });
        expect(action).toBeDefined();
        timing.end(action ?? "");
      }
    expect(heard.filter((line) => line.startsWith("<"))).toEqual([
      ...["< [LightningModule]Net.setup", "< [LightningModule]Net.teardown"],
      ...["< [LightningDataModule]Data.setup", "< [LightningDataModule]Data.teardown"],
      ...["< [LightningModule]Net.setup", "< [LightningModule]Net.teardown"],
    ]);
  });

  it("names a class once for all its calls", () => {
    let asked = 0;
    class Counted extends LightningModule {
      static override get name(): string {
        asked += 1;
        return "Counted";
      }
    }
    const { timing, heard } = open();
    const net = new Counted();
    for (let call = 0; call < 3; call += 1) timing.end(timing.beginCall({ owner: net, method: "trainingStep" }) ?? "");
    expect([heard.length, asked]).toEqual([6, 1]);
  });

  it("does not time the profiler itself", () => {
    const { timing, heard, profiler } = open();
    expect(timing.beginCall({ owner: profiler, method: "describe" })).toBeUndefined();
    expect(heard).toEqual([]);
  });

  it("times what is begun twice at once only once, and again when it has ended", () => {
    const { timing, heard } = open();
    expect([timing.begin("save", "checkpoints"), timing.begin("save", "checkpoints")]).toEqual([true, false]);
    const call = { owner: new Net(), method: "forward" };
    expect([timing.beginCall(call), timing.beginCall(call)]).toEqual(["[LightningModule]Net.forward", undefined]);
    timing.end("save");
    expect(timing.begin("save", "checkpoints")).toBe(true);
    expect(heard).toEqual([
      "> save (checkpoints)",
      "> [LightningModule]Net.forward (hooks)",
      "< save",
      "> save (checkpoints)",
    ]);
  });
});

describe("timed work", () => {
  const run = <TResult>(steps: Steps<TResult>) => new Driver().run(steps);

  it("begins and ends around what it waits for", async () => {
    const { timing, heard } = open();
    function* work(): Steps<number> {
      heard.push("works");
      return yield* wait(Promise.resolve(3));
    }
    expect(await run(timed({ timing }, "epoch", "loop", work))).toBe(3);
    expect(heard).toEqual(["> epoch (loop)", "works", "< epoch"]);
  });

  it("ends where it fails", () => {
    const { timing, heard } = open();
    const fails = (): Steps<void> => {
      throw new Error("as asked");
    };
    expect(() => run(timed({ timing }, "epoch", "loop", fails))).toThrow(new Error("as asked"));
    expect(heard).toEqual(["> epoch (loop)", "< epoch"]);
  });

  it("within work of the same name is a part of it", () => {
    const { timing, heard } = open();
    const inner = () => timed({ timing }, "device", "graph", () => wait(4));
    expect(run(timed({ timing }, "device", "graph", inner))).toBe(4);
    expect(heard).toEqual(["> device (graph)", "< device"]);
  });

  it("is done without a profiler too", () => {
    expect(run(timed({ timing: undefined }, "epoch", "loop", () => wait(5)))).toBe(5);
  });
});
