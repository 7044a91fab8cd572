import { describe, expect, it } from "vitest";
import { SequentialFetcher, SourceFetcher, type BatchFetcher } from "./batch-fetcher.js";

const UNKNOWN = { length: Number.POSITIVE_INFINITY, limit: Number.POSITIVE_INFINITY };

/** A source that notes how many batches were taken from it and whether it was closed. */
function source(count: number): AsyncIterable<string> & { taken: number; closed: number } {
  const notes = {
    taken: 0,
    closed: 0,
    async *[Symbol.asyncIterator]() {
      try {
        for (let i = 0; i < count; i += 1) {
          notes.taken += 1;
          yield await Promise.resolve(`batch ${i}`);
        }
      } finally {
        notes.closed += 1;
      }
    },
  };
  return notes;
}

async function all(fetcher: BatchFetcher): Promise<unknown[]> {
  const found: unknown[] = [];
  while (await fetcher.next()) found.push([fetcher.batch, fetcher.batchIdx, fetcher.dataloaderIdx, fetcher.isLast]);
  return found;
}

describe("a fetcher of batches", () => {
  it("knows the last batch of a source of unknown length, having looked one batch ahead", async () => {
    expect(await all(new SourceFetcher(source(3), UNKNOWN))).toEqual([
      ["batch 0", 0, 0, false],
      ["batch 1", 1, 0, false],
      ["batch 2", 2, 0, true],
    ]);
  });

  it("says before it looks ahead, so that the position of the source is that of the batch handed out", async () => {
    const from = source(3);
    const fetcher = new SourceFetcher(from, UNKNOWN);
    const taken: number[] = [];
    fetcher.onBeforeLookAhead = () => taken.push(from.taken);
    await all(fetcher);
    expect(taken).toEqual([1, 2, 3]);
  });

  it("says so for the last batch of a limit too", async () => {
    const from = source(5);
    const fetcher = new SourceFetcher(from, { ...UNKNOWN, limit: 2 });
    const taken: number[] = [];
    fetcher.onBeforeLookAhead = () => taken.push(from.taken);
    await all(fetcher);
    expect(taken).toEqual([1, 2]);
  });

  it("does not look ahead where the length is known", async () => {
    const from = source(3);
    const fetcher = new SourceFetcher(from, { length: 3, limit: Number.POSITIVE_INFINITY });
    fetcher.onBeforeLookAhead = () => expect.unreachable("nothing is to be found out");
    expect(await fetcher.next()).toBe(true);
    expect([from.taken, fetcher.isLast]).toEqual([1, false]);
    expect(await all(fetcher)).toEqual([
      ["batch 1", 1, 0, false],
      ["batch 2", 2, 0, true],
    ]);
    expect(from.taken).toBe(3);
  });

  it("does not look beyond a limit either, although the length is unknown", async () => {
    const from = source(5);
    const found = await all(new SourceFetcher(from, { length: Number.POSITIVE_INFINITY, limit: 2 }));
    expect(found).toEqual([
      ["batch 0", 0, 0, false],
      ["batch 1", 1, 0, true],
    ]);
    expect(from.taken).toBe(2);
  });

  it("takes the smaller of length and limit, and ends where the source ends earlier than it said", async () => {
    expect((await all(new SourceFetcher(source(9), { length: 2, limit: 4 }))).length).toBe(2);
    expect((await all(new SourceFetcher(source(9), { length: 4, limit: 2 }))).length).toBe(2);
    const short = await all(new SourceFetcher(source(1), { length: 3, limit: 3 }));
    expect(short).toEqual([["batch 0", 0, 0, false]]);
  });

  it("hands out nothing of an empty source, and takes nothing where nothing is wanted", async () => {
    expect(await all(new SourceFetcher(source(0), UNKNOWN))).toEqual([]);
    const from = source(2);
    expect(await all(new SourceFetcher(from, { length: 2, limit: 0 }))).toEqual([]);
    expect(from.taken).toBe(0);
  });

  it("begins in the middle: it drops what was handed out before, and goes on counting from there", async () => {
    const fetcher = new SourceFetcher(source(4), { length: 4, limit: 4, start: 2, skip: 2, dataloaderIdx: 1 });
    expect(await all(fetcher)).toEqual([
      ["batch 2", 2, 1, false],
      ["batch 3", 3, 1, true],
    ]);
    const skipped = new SourceFetcher(["c", "d"], { length: 4, limit: 4, start: 2 });
    expect(await all(skipped)).toEqual([
      ["c", 2, 0, false],
      ["d", 3, 0, true],
    ]);
  });

  it("closes its source once, forgets the batch, and closes sources that have no way to be closed", async () => {
    const from = source(2);
    const fetcher = new SourceFetcher(from, UNKNOWN);
    await fetcher.next();
    await fetcher.close();
    await fetcher.close();
    expect([from.closed, fetcher.batch]).toEqual([1, undefined]);
    const plain = { [Symbol.iterator]: () => ({ next: () => ({ done: true, value: undefined }) }) };
    await expect(new SourceFetcher(plain, UNKNOWN).close()).resolves.toBeUndefined();
  });
});

describe("a fetcher of several sources", () => {
  it("hands them out one after the other, each with its own numbers, and the last batch of the last is the last", async () => {
    const [first, second] = [source(2), source(1)];
    const fetcher = new SequentialFetcher([
      () => new SourceFetcher(first, { length: 2, limit: 9, dataloaderIdx: 0 }),
      () => new SourceFetcher(second, { length: 1, limit: 9, dataloaderIdx: 1 }),
    ]);
    expect([fetcher.batch, fetcher.batchIdx, fetcher.dataloaderIdx, fetcher.isLast]).toEqual([undefined, -1, 0, false]);
    expect(await all(fetcher)).toEqual([
      ["batch 0", 0, 0, false],
      ["batch 1", 1, 0, false],
      ["batch 0", 0, 1, true],
    ]);
    await fetcher.close();
    expect([first.closed, second.closed]).toEqual([1, 1]);
  });

  it("opens a source when its turn comes, and closes the one that it is in", async () => {
    const [first, second] = [source(2), source(2)];
    const fetcher = new SequentialFetcher([
      () => new SourceFetcher(first, { length: 2, limit: 2 }),
      () => new SourceFetcher(second, { length: 2, limit: 2 }),
    ]);
    await fetcher.next();
    expect([first.taken, second.taken]).toEqual([1, 0]);
    await fetcher.close();
    expect([first.closed, second.closed]).toEqual([1, 0]);
  });

  it("still has the last batch when there are no more, for hooks that come after it", async () => {
    const fetcher = new SequentialFetcher([() => new SourceFetcher(source(1), { length: 1, limit: 9 })]);
    await all(fetcher);
    expect([await fetcher.next(), fetcher.batch, fetcher.batchIdx]).toEqual([false, "batch 0", 0]);
    expect(await fetcher.skipTo(7)).toBe(false);
    expect(fetcher.batch).toBe("batch 0");
    await fetcher.close();
    expect(fetcher.batch).toBeUndefined();
  });

  it("is empty without sources, and may be closed before it began", async () => {
    expect(await all(new SequentialFetcher([]))).toEqual([]);
    await expect(new SequentialFetcher([]).close()).resolves.toBeUndefined();
  });
});
