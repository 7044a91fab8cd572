import { expect, it } from "vitest";
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
