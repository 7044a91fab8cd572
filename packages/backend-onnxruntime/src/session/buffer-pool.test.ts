import { describe, expect, it } from "vitest";
import { BufferPool, type Poolable } from "./buffer-pool.js";

interface FakeBuffer extends Poolable {
  readonly name: number;
}

function poolOfFakes(): { readonly pool: BufferPool<FakeBuffer>; complete(run: number): void } {
  let [made, completed] = [0, 0];
  const pool = new BufferPool<FakeBuffer>({
    create: (capacityBytes) => ({ name: made++, capacityBytes, sizeBytes: 0, lastRun: 0, isFree: false }),
    discard: () => undefined,
    completed: () => completed,
  });
  return { pool, complete: (run) => (completed = run) };
}

it("gives what a run in flight touches to another run at once, and to the host only after that run", () => {
  const { pool, complete } = poolOfFakes();
  const first = pool.allocate(1000);
  first.lastRun = 1;
  pool.free(first);
  const forHost = pool.allocate(1000);
  expect(forHost).not.toBe(first);
  const forRuns = pool.allocate(1000, true);
  expect(forRuns).toBe(first);
  expect([pool.allocatedBytes, pool.pooledBytes]).toEqual([2 * first.capacityBytes, 0]);
  pool.free(forRuns);
  complete(1);
  expect(pool.allocate(1000)).toBe(first);
});

it("takes what waits for runs before what is idle, and only from the same size class", () => {
  const { pool } = poolOfFakes();
  const [idle, waiting, larger] = [pool.allocate(1000), pool.allocate(1000), pool.allocate(5000)];
  [waiting.lastRun, larger.lastRun] = [1, 1];
  for (const buffer of [idle, waiting, larger]) pool.free(buffer);
  expect([1, 2, 3].map(() => pool.allocate(1000, true).name)).toEqual([waiting.name, idle.name, 3]);
});

it("lets a buffer go only once, also one that a failed start gives back untouched", () => {
  const { pool, complete } = poolOfFakes();
  const buffer = pool.allocate(64);
  buffer.lastRun = 2;
  pool.free(buffer);
  const again = pool.allocate(64, true);
  pool.free(again);
  pool.free(again);
  expect(pool.pooledBytes).toBe(64);
  complete(1);
  expect(pool.allocate(64)).not.toBe(buffer);
  complete(2);
  expect([pool.allocate(64), pool.pooledBytes]).toEqual([buffer, 0]);
});

interface TestBuffer extends Poolable {
  readonly number: number;
}

function poolOf(isSlowToMake: boolean): {
  readonly pool: BufferPool<TestBuffer>;
  readonly made: number[];
  readonly discarded: number[];
} {
  const made: number[] = [];
  const discarded: number[] = [];
  const pool = new BufferPool<TestBuffer>({
    create: (capacityBytes) => {
      made.push(capacityBytes);
      return { capacityBytes, sizeBytes: capacityBytes, lastRun: 0, isFree: false, number: made.length };
    },
    discard: ({ number }) => discarded.push(number),
    completed: () => 0,
    isSlowToMake,
  });
  return { pool, made, discarded };
}

describe("small buffers that are slow to make", () => {
  it("are made several at a time, so that a program that keeps one of every step seldom waits", () => {
    const { pool, made } = poolOf(true);
    let waits = 0;
    const kept = new Set<TestBuffer>();
    for (let step = 0; step < 1000; step += 1) {
      const before = made.length;
      const buffer = pool.allocate(4);
      if (made.length > before) waits += 1;
      expect(buffer).toMatchObject({ isFree: false, sizeBytes: 4 });
      kept.add(buffer);
    }
    expect(kept.size).toBe(1000);
    expect(waits).toBeLessThan(25);
    expect(made.length).toBeLessThan(1000 + 65);
    expect(pool.allocatedBytes).toBe(made.length * 64);
    expect(pool.pooledBytes).toBe((made.length - 1000) * 64);
  });

  it("are counted and given back like others", () => {
    const { pool, made, discarded } = poolOf(true);
    const buffers = Array.from({ length: 10 }, () => pool.allocate(4));
    for (const buffer of buffers) pool.free(buffer);
    expect(pool.pooledBytes).toBe(pool.allocatedBytes);
    pool.clear();
    expect([pool.pooledBytes, pool.allocatedBytes, discarded.length]).toEqual([0, 0, made.length]);
  });

  it("are made one at a time where that costs nothing, and where they are large", () => {
    const quick = poolOf(false);
    for (let i = 0; i < 20; i += 1) quick.pool.allocate(4);
    expect(quick.made).toHaveLength(20);
    const large = poolOf(true);
    for (let i = 0; i < 20; i += 1) large.pool.allocate(5000);
    expect(large.made).toHaveLength(20);
  });
});
