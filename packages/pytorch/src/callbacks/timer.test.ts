import { DataLoader, type Clock } from "@lightning-ts/core";
import { cpu } from "@lightning-ts/fabric";
import { nodePorts } from "@lightning-ts/fabric/node";
import { BoringModel, FakeTerminal, MemoryFiles, randomDataset } from "@lightning-ts/testing";
import { expect, it } from "vitest";
import { Trainer } from "../trainer/trainer.js";
import type { TrainerOptions } from "../options/trainer-options.js";
import { durationMs } from "../words/duration.js";
import { Timer, type TimerOptions } from "./timer.js";

/** Every batch takes a second. */
async function run(options: TimerOptions, trainerOptions: TrainerOptions = {}, timer = new Timer(options)) {
  let now = 1000;
  const clock: Clock = { ...nodePorts().clock, now: () => now };
  class Slow extends BoringModel {
    override trainingStep(batch: [x: Parameters<BoringModel["forward"]>[0]], batchIdx: number) {
      now += 1000;
      return super.trainingStep(batch, batchIdx);
    }
  }
  const terminal = new FakeTerminal();
  const trainer = new Trainer({
    accelerator: cpu({ backend: "cpu" }),
    maxEpochs: 2,
    logger: false,
    enableCheckpointing: false,
    enableProgressBar: false,
    enableModelSummary: false,
    callbacks: timer,
    ports: { files: new MemoryFiles(), terminal, clock },
    ...trainerOptions,
  });
  const result = await trainer.fit(new Slow(), new DataLoader(randomDataset({ length: 4 })));
  return { result, terminal, timer };
}

it("measures, and stops when the time is used up", async () => {
  const { result, timer } = await run({ duration: { seconds: 3 } });
  expect(result).toMatchObject({ steps: 3, reason: "the time limit of 3.0 s is reached" });
  expect([timer.timeElapsed(), timer.timeRemaining(), timer.startTime(), timer.endTime()]).toEqual([
    3000, 0, 1000, 4000,
  ]);
  expect([timer.timeElapsed("test"), timer.startTime("test"), timer.endTime("test")]).toEqual([
    0,
    undefined,
    undefined,
  ]);
});

it("looks at the ends of epochs on demand", async () => {
  expect((await run({ duration: { seconds: 3 }, interval: "epoch" })).result.steps).toBe(4);
});

it("only measures without a duration", async () => {
  const { result, timer } = await run({});
  expect([result.steps, timer.timeRemaining()]).toEqual([8, Number.POSITIVE_INFINITY]);
});

it("goes on counting where it was restored, and has no time left after that", async () => {
  const { timer } = await run({ duration: { seconds: 3 } });
  const restored = new Timer({ duration: { seconds: 5 } });
  restored.loadStateDict(timer.stateDict());
  expect((await run({}, {}, restored)).result.steps).toBe(2);
});

it("says once that the time is up, however long minEpochs take", async () => {
  const { result, terminal } = await run({ duration: { seconds: 2 } }, { minEpochs: 2, maxEpochs: 3 });
  expect(result.steps).toBe(8);
  expect(terminal.text.match(/Timer: the time limit/g)).toHaveLength(1);
});

it("knows weeks", () => {
  expect(durationMs({ weeks: 1, days: 1 })).toBe(8 * 24 * 3600 * 1000);
  expect(new Timer({ duration: { weeks: 2 } }).timeRemaining()).toBe(14 * 24 * 3600 * 1000);
  expect(() => new Timer({ duration: { weeks: -1 } })).toThrow(/weeks, days/);
});
