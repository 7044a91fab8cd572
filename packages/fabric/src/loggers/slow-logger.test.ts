import { FakeClock } from "@lightning-ts/testing";
import { expect, it } from "vitest";
import type { Logger } from "./logger.js";
import { LoggerGroup } from "./logger-group.js";

class Hangs implements Logger {
  readonly kind = "logger";
  readonly name: string = "remote";
  readonly version = 0;
  readonly groupSeparator = "/";
  logHyperparams(): void {}
  async open(): Promise<void> {}
  logMetrics(): void {}
  async save(): Promise<void> {}
  finalize(): Promise<void> {
    return new Promise(() => undefined);
  }
}

it("closing waits five seconds for a logger, names it, counts what may be lost, and closes the others", async () => {
  const [clock, said] = [new FakeClock(), [] as string[]];
  let isOtherClosed = false;
  const other = Object.assign(new Hangs(), { finalize: async () => void (isOtherClosed = true) });
  const group = new LoggerGroup([new Hangs(), other], (text) => said.push(text), clock);
  await group.open();
  group.logMetrics({ loss: 1 }, 0);
  const closing = group.finalize("success");
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(4999);
  await new Promise((resolve) => setImmediate(resolve));
  expect([said, isOtherClosed]).toEqual([[], false]);
  clock.advance(1);
  await closing;
  expect(said).toEqual(["The logger Hangs did not close in 5 seconds and is left alone; 1 entry may be lost."]);
  expect([isOtherClosed, group.lostCount]).toEqual([true, 1]);
});

it("closing waits longer for a logger that says that it needs longer", async () => {
  const [clock, said] = [new FakeClock(), [] as string[]];
  const group = new LoggerGroup([Object.assign(new Hangs(), { closingMs: 60_000 })], (text) => said.push(text), clock);
  await group.open();
  const closing = group.finalize("success");
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(59_999);
  await new Promise((resolve) => setImmediate(resolve));
  expect(said).toEqual([]);
  clock.advance(1);
  await closing;
  expect(said).toEqual([expect.stringContaining("did not close in 60 seconds")]);
});
