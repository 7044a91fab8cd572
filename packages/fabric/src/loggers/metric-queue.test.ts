import "@tensorflow/tfjs-backend-cpu";
import { tensorScope, tf } from "@lightning-ts/core";
import { FakeClock } from "@lightning-ts/testing";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { LoggerGroup } from "./logger-group.js";
import type { Logger } from "./logger.js";
import { MetricQueue } from "./metric-queue.js";

let clock: FakeClock;
let rows: unknown[];
let queue: MetricQueue;

const logger: Logger = {
  kind: "logger",
  name: "",
  version: 0,
  groupSeparator: "/",
  logHyperparams: () => undefined,
  logMetrics: (metrics, step) => void rows.push([metrics, step]),
  open: () => Promise.resolve(),
  save: () => Promise.resolve(),
  finalize: () => Promise.resolve(),
};

beforeAll(async () => {
  await tf.setBackend("cpu");
});

beforeEach(() => {
  clock = new FakeClock();
  rows = [];
  queue = new MetricQueue(new LoggerGroup([logger], expect.unreachable), clock);
});

describe("metrics on their way to the loggers", () => {
  it("are handed on at once when all of them are numbers", () => {
    queue.add({ loss: 1, acc: 0.5 }, 3);
    expect(rows).toEqual([[{ loss: 1, acc: 0.5 }, 3]]);
    expect(queue.isDue).toBe(false);
  });

  it("wait while they are tensors, and numbers behind them wait too, so that the order stays", async () => {
    {
      using _scope = tensorScope();
      queue.add({ loss: tf.scalar(2) }, 1);
    }
    queue.add({ lr: 0.1 }, 2);
    expect(rows).toEqual([]);
    await queue.flush();
    queue.add({ lr: 0.2 }, undefined);
    expect(rows).toEqual([
      [{ loss: 2 }, 1],
      [{ lr: 0.1 }, 2],
      [{ lr: 0.2 }, undefined],
    ]);
  });

  it("are due a second after the first that waits, not before and not counted from an earlier one", async () => {
    queue.add({ loss: tf.scalar(1) }, 0);
    clock.advance(999);
    expect(queue.isDue).toBe(false);
    queue.add({ loss: tf.scalar(1) }, 1);
    clock.advance(1);
    expect(queue.isDue).toBe(true);
    await queue.flush();
    expect(queue.isDue).toBe(false);
    clock.advance(5000);
    queue.add({ loss: tf.scalar(1) }, 2);
    expect(queue.isDue).toBe(false);
    clock.advance(1000);
    expect(queue.isDue).toBe(true);
    await queue.flush();
  });

  it("are due when 64 entries wait, however fast they came", async () => {
    for (let i = 0; i < 63; i += 1) queue.add({ loss: tf.scalar(i) }, i);
    expect(queue.isDue).toBe(false);
    queue.add({ loss: tf.scalar(63) }, 63);
    expect(queue.isDue).toBe(true);
    await queue.flush();
    expect(rows.length).toBe(64);
    expect(rows[63]).toEqual([{ loss: 63 }, 63]);
  });

  it("leave no tensor behind, whether they are flushed or nobody listens", async () => {
    const before = tf.memory().numTensors;
    {
      using _scope = tensorScope();
      queue.add({ loss: tf.scalar(1) }, 0);
      new MetricQueue(new LoggerGroup([], expect.unreachable), clock).add({ loss: tf.scalar(1) }, 0);
    }
    expect(tf.memory().numTensors).toBe(before + 1);
    await queue.flush();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("must be single numbers, and nothing is taken of an entry that is not", () => {
    const entry = { fine: tf.scalar(1), many: tf.tensor1d([1, 2]) };
    expect(() => queue.add(entry, 0)).toThrow(
      'The metric "many" is no single number. Expected a number or a tensor with one element. Received',
    );
    expect(() => queue.add(entry, 0)).toThrow("Try: reduce it first, for instance with .mean().");
    expect(() =>
      new MetricQueue(new LoggerGroup([], expect.unreachable), clock).add({ bad: "text" as never }, 0),
    ).toThrow(expect.objectContaining({ code: "LIT_METRIC" }));
    clock.advance(10_000);
    expect([queue.isDue, rows]).toEqual([false, []]);
  });
});
