import { describe, expect, it } from "vitest";
import type { RunTicket } from "../contract/graph-runner.js";
import { LogSegment } from "./commit-log.js";
import { Flush } from "./flush.js";
import { FlushQueue } from "./flush-queue.js";
import type { Run } from "./run.js";

/** A queue over runs that end when `finish` says so, and what it told. */
function queueOfRuns(failing: ReadonlySet<number> = new Set()) {
  const waits: number[] = [];
  const committed: Flush[] = [];
  const failures: { readonly culprit: Run; readonly flushes: number }[] = [];
  let resolveAll: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (resolveAll = resolve));
  let isOver = false;
  const join = ({ id }: RunTicket): void => {
    expect(isOver, "nobody may block").toBe(true);
    if (failing.has(id)) throw new Error(`run ${id} failed`);
  };
  const queue = new FlushQueue({
    runner: {
      hasEnded: () => isOver,
      join,
      wait: async (ticket) => {
        waits.push(ticket.id);
        await ended;
        join(ticket);
      },
    },
    onCommit: (flush) => committed.push(flush),
    onFailure: (flushes, culprit) => failures.push({ culprit, flushes: flushes.length }),
  });
  const startFlush = (...ids: readonly number[]): Flush => {
    const flush = new Flush(0, [], new LogSegment());
    queue.open(flush);
    for (const id of ids) queue.add(flush, { id, isSettled: false }, [], []);
    queue.seal(flush);
    return flush;
  };
  const finish = (): void => {
    isOver = true;
    resolveAll();
  };
  return { queue, startFlush, finish, waits, committed, failures };
}

describe("FlushQueue", () => {
  it("is woken once for a flush and all before it, and commits them in their order", async () => {
    const { queue, startFlush, finish, waits, committed } = queueOfRuns();
    const flushes = [startFlush(1, 2), startFlush(3, 4, 5), startFlush(6)];
    const [, second] = flushes;
    if (second === undefined) throw new Error("three flushes");
    const waiting = queue.waitFlush(second);
    finish();
    await waiting;
    expect(waits).toEqual([5]);
    expect(committed).toEqual(flushes.slice(0, 2));
    await queue.waitFlush(second);
    expect(waits).toEqual([5]);
  });

  it("an empty flush is over when those before it are", async () => {
    const { queue, startFlush, finish, committed } = queueOfRuns();
    const flushes = [startFlush(1), startFlush()];
    const last = flushes[1];
    if (last === undefined) throw new Error("two flushes");
    const waiting = queue.waitFlush(last);
    expect(committed).toEqual([]);
    finish();
    await waiting;
    expect(committed).toEqual(flushes);
  });

  it("names the first run that failed, whichever of them was waited for", async () => {
    const { queue, startFlush, finish, failures } = queueOfRuns(new Set([2, 3]));
    startFlush(1);
    const failing = startFlush(2, 3);
    const [, third] = failing.runs;
    if (third === undefined) throw new Error("two runs");
    const waiting = queue.wait(third);
    startFlush(4);
    finish();
    await waiting;
    expect(failures.map(({ culprit, flushes }) => [culprit.ticket.id, flushes])).toEqual([[2, 2]]);
  });
});
