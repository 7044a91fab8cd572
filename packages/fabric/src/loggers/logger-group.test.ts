import { expect, it } from "vitest";
import type { Logger } from "./logger.js";
import { LoggerGroup } from "./logger-group.js";

/** A logger whose methods fail while `isDown` says so; it writes what it took when it is saved. */
class Flaky implements Logger {
  readonly kind = "logger";
  readonly name = "flaky";
  readonly version = 0;
  readonly groupSeparator = "/";
  isDown: (method: string) => boolean = () => false;
  readonly calls: string[] = [];
  readonly taken: unknown[] = [];

  async open(): Promise<void> {
    this.#call("open");
  }
  logMetrics(metrics: Readonly<Record<string, number>>, step?: number): void {
    this.#call("logMetrics");
    this.taken.push([step, metrics["loss"]]);
  }
  logHyperparams(params: Readonly<Record<string, unknown>>): void {
    this.#call("logHyperparams");
    this.taken.push(params);
  }
  async save(): Promise<void> {
    this.#call("save");
  }
  async finalize(): Promise<void> {
    this.#call("finalize");
  }

  #call(method: string): void {
    this.calls.push(method);
    if (this.isDown(method)) throw new Error("disk full");
  }
}

function setUp(): { logger: Flaky; other: Flaky; group: LoggerGroup; said: string[] } {
  const [logger, other] = [new Flaky(), new Flaky()];
  const said: string[] = [];
  return { logger, other, said, group: new LoggerGroup([logger, other], (text) => said.push(text)) };
}

it("hands a logger again, at the next flush and in order, what it did not take", async () => {
  const { logger, other, group, said } = setUp();
  await group.open();
  group.logMetrics({ loss: 1 }, 0);
  logger.isDown = () => true;
  group.logHyperparams({ lr: 1 });
  group.logMetrics({ loss: 2 }, 1);
  await group.save();
  logger.isDown = () => false;
  group.logMetrics({ loss: 3 }, 2);
  await group.save();
  expect(logger.taken).toEqual([[0, 1], { lr: 1 }, [1, 2], [2, 3]]);
  expect(other.taken).toEqual(logger.taken);
  expect(group.lostCount).toBe(0);
  expect(said).toEqual([
    "The logger Flaky failed in logHyperparams: disk full. The run goes on, and the logger is tried again at the next flush.",
    "The logger Flaky works again; nothing was lost.",
  ]);
});

it("asks a logger that is down once per flush, not once per step", async () => {
  const { logger, group } = setUp();
  await group.open();
  logger.isDown = (method) => method === "logMetrics";
  for (let step = 0; step < 100; step += 1) group.logMetrics({ loss: step }, step);
  await group.save();
  expect(logger.calls).toEqual(["open", "logMetrics", "logMetrics"]);
});

it("opens a logger again that could not be opened", async () => {
  const { logger, group } = setUp();
  logger.isDown = (method) => method === "open";
  await group.open();
  group.logMetrics({ loss: 1 }, 0);
  await group.save();
  expect(logger.calls).not.toContain("save");
  logger.isDown = () => false;
  await group.save();
  expect(logger.calls.slice(-2)).toEqual(["open", "save"]);
});

it("counts what is lost: given up, or not written when the logger is closed", async () => {
  const { logger, other, group, said } = setUp();
  await group.open();
  logger.isDown = (method) => method === "save" || method === "finalize";
  for (let step = 0; step < 3; step += 1) group.logMetrics({ loss: step }, step);
  await group.save();
  expect(group.lostCount).toBe(0);
  await group.finalize("success");
  expect(group.lostCount).toBe(3);
  expect(said.at(-1)).toBe("The logger Flaky lost 3 entries of this run.");
  expect(other.calls.at(-1)).toBe("finalize");

  await group.finalize("success");
  expect(said).toHaveLength(2);
});

it("keeps a thousand entries for a logger that is down, and counts the ones before", async () => {
  const { logger, group, said } = setUp();
  await group.open();
  logger.isDown = (method) => method === "logMetrics";
  for (let step = 0; step < 1010; step += 1) group.logMetrics({ loss: step }, step);
  expect(group.lostCount).toBe(10);
  logger.isDown = () => false;
  await group.finalize("success");
  expect(logger.taken).toHaveLength(1000);
  expect(logger.taken[0]).toEqual([10, 10]);
  expect(said.at(-1)).toBe("The logger Flaky works again; 10 entries were lost.");
});

it("goes on where a logger throws something that is no error", async () => {
  const { logger, group, said } = setUp();
  // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- what JavaScript may do
  logger.save = () => Promise.reject("no words");
  await group.save();
  expect(said[0]).toContain("failed in save: no words.");
});

it("counts again what a logger fails at later", async () => {
  const { logger, group, said } = setUp();
  for (const isDown of [true, false, true, false]) {
    logger.isDown = () => isDown;
    group.logMetrics({ loss: 0 }, 0);
    await group.save();
  }
  expect(said).toHaveLength(4);
  expect(logger.taken).toHaveLength(4);
});

it("hands over again what a logger took asynchronously and then rejected", async () => {
  const taken: unknown[] = [];
  let fails = true;
  class Remote extends Flaky {
    override logMetrics(metrics: Readonly<Record<string, number>>): void {
      const sent = Promise.resolve().then(() => {
        if (fails) throw new Error("no network");
        taken.push(metrics["loss"]);
      });
      return sent as unknown as void;
    }
  }
  const said: string[] = [];
  const group = new LoggerGroup([new Remote()], (text) => said.push(text));
  await group.open();
  group.logMetrics({ loss: 1 });
  await group.save();
  fails = false;
  await group.save();
  expect(taken).toEqual([1]);
  expect(said[0]).toContain("Remote failed in logMetrics: no network");
  fails = true;
  group.logMetrics({ loss: 2 });
  await group.finalize("success");
  expect(group.lostCount).toBe(1);
});

it("goes on where a logger answers with a thenable that refuses at once", async () => {
  const { logger, group, said } = setUp();
  let isDown = true;
  const refusal = { then: (_: unknown, refuse: (error: Error) => void) => refuse(new Error("disk full")) };
  Object.assign(logger, {
    logMetrics: (metrics: Readonly<Record<string, number>>) =>
      isDown ? refusal : void logger.taken.push(metrics["loss"]),
  });
  await group.open();
  group.logMetrics({ loss: 1 }, 0);
  group.logMetrics({ loss: 2 }, 1);
  await group.save();
  isDown = false;
  await group.finalize("success");
  expect([logger.taken, group.lostCount]).toEqual([[1, 2], 0]);
  expect(said[0]).toMatch(/failed in logMetrics: disk full/);
});
