import { DataLoader } from "@lightning-ts/core";
import { BoringModel, FakeClock, FakeTerminal, MemoryFiles, randomDataset } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import type { Trainer as AnyTrainer } from "../contract/trainer.js";
import { Timer, type TimerOptions } from "./timer.js";
import { quietTrainer } from "../trainer/quiet-trainer-under-test.js";

/** A Trainer whose training batches take 10 seconds each, validation batches 1 second and test batches 2. */
function timed(options: TimerOptions | Timer, trainerOptions: object = {}) {
  const clock = new FakeClock(5000);
  const terminal = new FakeTerminal();
  class Slow extends BoringModel {
    override onTrainBatchStart() {
      clock.advance(10_000);
    }
    override onValidationBatchStart() {
      clock.advance(1000);
    }
    override onTestBatchStart() {
      clock.advance(2000);
    }
  }
  const timer = options instanceof Timer ? options : new Timer(options);
  const trainer = quietTrainer({
    maxEpochs: 2,
    numSanityValSteps: 0,
    checkValEveryNEpoch: 99,
    callbacks: timer,
    ports: { files: new MemoryFiles(), terminal, clock },
    ...trainerOptions,
  });
  return { trainer, timer, model: new Slow(), clock, said: () => terminal.text };
}

const loader = (batches = 3) => new DataLoader(randomDataset({ length: batches }));

describe("Timer", () => {
  it("measures each stage by itself, and stops measuring when the stage ends", async () => {
    const { trainer, timer, model, clock } = timed({});
    expect([timer.timeElapsed(), timer.timeElapsed("validate"), timer.timeRemaining()]).toEqual([
      0,
      0,
      Number.POSITIVE_INFINITY,
    ]);
    expect([timer.startTime(), timer.endTime()]).toEqual([undefined, undefined]);
    await trainer.fit(model, loader());
    clock.advance(777);
    expect([timer.startTime(), timer.endTime(), timer.startTime("test")]).toEqual([5000, 65_000, undefined]);
    expect([timer.timeElapsed("fit"), timer.timeElapsed("validate"), timer.timeElapsed("test")]).toEqual([
      60_000, 0, 0,
    ]);
    await trainer.validate(model, loader());
    clock.advance(777);
    await trainer.test(model, loader());
    clock.advance(777);
    expect([timer.timeElapsed("fit"), timer.timeElapsed("validate"), timer.timeElapsed("test")]).toEqual([
      60_000, 3000, 6000,
    ]);
  });

  it("goes on measuring while a stage runs", async () => {
    const { trainer, timer, model } = timed({ duration: 60_000 });
    const seen: number[][] = [];
    model.onTrainBatchEnd = () => void seen.push([timer.timeElapsed(), timer.timeRemaining()]);
    await trainer.fit(model, loader(2));
    expect(seen).toEqual([
      [10_000, 50_000],
      [20_000, 40_000],
      [30_000, 30_000],
      [40_000, 20_000],
    ]);
  });

  it("stops after the step in which the time is used up, and says so", async () => {
    const { trainer, timer, model, said } = timed({ duration: { seconds: 20 } });
    const result = await trainer.fit(model, loader());
    expect([result.steps, result.reason]).toEqual([2, "the time limit of 20.0 s is reached"]);
    expect(timer.timeRemaining()).toBe(0);
    expect(said()).toContain("Timer: the time limit of 20.0 s is reached.");
  });

  it("looks after epochs only when told to, and is silent when told to", async () => {
    const { trainer, model, said } = timed({ duration: 15_000, interval: "epoch", verbose: false });
    const result = await trainer.fit(model, loader());
    expect([result.steps, result.reason]).toEqual([3, "the time limit of 15.0 s is reached"]);
    expect(said()).not.toContain("Timer:");
    const everyStep = timed({ duration: 15_000, interval: "step" });
    expect((await everyStep.trainer.fit(everyStep.model, loader())).steps).toBe(2);
  });

  it("keeps the time of earlier runs in its state, for training and for nothing else", async () => {
    const first = timed({ duration: 35_000 });
    await first.trainer.fit(first.model, loader());
    const state = first.timer.stateDict();
    expect(state).toEqual({ version: 1, timeElapsedMs: 40_000 });
    const timer = new Timer({ duration: 65_000 });
    timer.loadStateDict(state);
    expect([timer.timeElapsed(), timer.timeElapsed("test"), timer.timeRemaining()]).toEqual([40_000, 0, 25_000]);
    const second = timed(timer);
    const result = await second.trainer.fit(second.model, loader());
    expect([result.steps, timer.timeElapsed()]).toEqual([3, 70_000]);
  });

  it("ends a fit at once whose time was used up before", async () => {
    const timer = new Timer({ duration: 40_000 });
    timer.loadStateDict({ version: 1, timeElapsedMs: 40_000 });
    const { trainer, model } = timed(timer);
    const result = await trainer.fit(model, loader());
    expect(result.reason).toBe("the time limit of 40.0 s is reached");
    expect(result.steps).toBeLessThanOrEqual(1);
  });

  it("measures a stage that runs again from its new start", async () => {
    const { trainer, timer, model } = timed({});
    await trainer.fit(model, loader(1));
    const seen: unknown[] = [];
    model.onTrainBatchEnd = () => void seen.push(timer.endTime(), timer.timeElapsed());
    model.onTrainStart = () => void seen.push(timer.endTime(), timer.timeElapsed());
    trainer.maxEpochs = 3;
    await trainer.fit(model, loader(1));
    expect(seen).toEqual([undefined, 0, undefined, 10_000]);
  });

  it("knows the time before training when a fit has only started", () => {
    const { trainer, timer, clock } = timed({ duration: 50 });
    const told: string[] = [];
    const parts = {
      ports: trainer.ports,
      shouldStop: false,
      stop: (reason: string) => void told.push(reason),
      say: (text: string) => void told.push(text),
    };
    const started: AnyTrainer = Object(parts);
    timer.loadStateDict({ version: 1, timeElapsedMs: 49 });
    timer.onFitStart(started);
    expect(told).toEqual([]);
    timer.onTrainStart(started);
    clock.advance(7);
    expect(timer.timeElapsed()).toBe(56);
    timer.loadStateDict({ version: 1, timeElapsedMs: 50 });
    timer.onFitStart(started);
    expect(told).toEqual(["the time limit of 0.1 s is reached", "Timer: the time limit of 0.1 s is reached."]);
    parts.shouldStop = true;
    timer.onFitStart(started);
    timer.onTrainBatchEnd(started);
    expect(told).toHaveLength(2);
  });

  it("does not look after epochs when it looks after steps", () => {
    const { trainer, timer, clock } = timed({ duration: 5 });
    const told: string[] = [];
    const started: AnyTrainer = Object({
      ports: trainer.ports,
      shouldStop: false,
      stop: (it: string) => told.push(it),
      say: String,
    });
    timer.onTrainStart(started);
    clock.advance(5);
    timer.onTrainEpochEnd(started);
    expect(told).toEqual([]);
    timer.onTrainBatchEnd(started);
    expect(told).toHaveLength(1);
  });

  it("is kept under its own name", () => {
    expect(new Timer().stateKey).toBe("Timer");
  });

  it("refuses a state without a time that can have passed", () => {
    const timer = new Timer();
    for (const timeElapsedMs of ["soon", undefined, Number.NaN, -1000, 1e300, 1e30])
      expect(() => timer.loadStateDict({ version: 1, timeElapsedMs })).toThrow("state of Timer cannot be read");
    expect(() => timer.loadStateDict({ timeElapsedMs: 1 })).toThrow("state of Timer cannot be read");
    expect(timer.timeElapsed()).toBe(0);
    const longest = Number.MAX_SAFE_INTEGER;
    expect(() => timer.loadStateDict({ version: 1, timeElapsedMs: longest })).not.toThrow();
  });

  it("refuses durations and intervals that are none, and options that it does not have", () => {
    expect(() => new Timer({ duration: "soon" })).toThrow(
      'Timer cannot use this duration. Expected milliseconds, "DD:HH:MM:SS", or { weeks, days, hours, minutes, seconds }. Received "soon".',
    );
    expect(() => new Timer({ interval: "batch" as "step" })).toThrow(
      'Timer cannot use this interval. Expected "step" or "epoch". Received "batch".',
    );
    expect(() => new Timer({ limit: 1 } as TimerOptions)).toThrow(/^Timer has no option "limit"/);
    expect(() => new Timer({ duration: 1, interval: "epoch", verbose: true })).not.toThrow();
  });
});
