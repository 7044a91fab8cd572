import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { testCollective } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import type { JoinedRanks, SharedMemory } from "../../ports/ranks.js";
import type { CollectiveBuffer } from "../collective.js";
import { WorldLayout } from "./layout.js";
import { SharedMemoryCollective } from "./shared-memory-collective.js";
import { SharedRegions } from "./shared-regions.js";
import { World } from "./world.js";

/** Memory of "processes" that are all this one: nobody can block. */
function joinedRanks(bytes: Map<number, ArrayBuffer>, isDead: (processId: number) => boolean) {
  return (rank: number): JoinedRanks => ({
    own: { processId: rank + 1, startedTicks: 7 },
    threads: 1,
    open: (offsetBytes, sizeBytes) => {
      const buffer = bytes.get(offsetBytes) ?? new ArrayBuffer(sizeBytes);
      bytes.set(offsetBytes, buffer);
      return { ...NEVER_BLOCKS, buffer };
    },
    isRunning: ({ processId }) => !isDead(processId),
  });
}

const NEVER_BLOCKS: Omit<SharedMemory, "buffer"> = {
  wait: () => {
    throw new Error("these ranks are one process");
  },
  waitAsync: () => new Promise((resolve) => setImmediate(resolve)),
  ring: () => undefined,
};

function makeRanks(worldSize: number, { timeoutMs = 5000, dead = [] as number[] } = {}) {
  const join = joinedRanks(new Map(), (processId) => dead.includes(processId - 1));
  return Array.from({ length: worldSize }, (_, rank) => {
    const world = new World(join(rank), { rank, worldSize, spinMs: 0 });
    return { rank, world, collective: new SharedMemoryCollective(world, { timeoutMs }) };
  });
}
const onAll = <TResult>(
  ranks: ReturnType<typeof makeRanks>,
  body: (rank: (typeof ranks)[number]) => Promise<TResult>,
): Promise<TResult[]> => Promise.all(ranks.map(body));

/** What a promise was rejected with. */
const failureOf = (work: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(work).then(
    () => undefined,
    (error: unknown) => error,
  );

for (const worldSize of [1, 2, 3])
  testCollective({
    name: `shared memory, ${worldSize} ranks`,
    cannotJoin: "the ranks are one process",
    onEveryRank: async (body) => void (await onAll(makeRanks(worldSize), ({ collective }) => body(collective))),
  });

/** Of a world of three ranks. */
const { chunkBytes } = new WorldLayout(3).world;

describe("SharedMemoryCollective", () => {
  it.each([
    [0, "Float32Array"],
    [1, "Int32Array"],
    [chunkBytes / 4 + 1, "Float32Array"],
    [2 * chunkBytes, "Uint8Array"],
  ] as const)("reduces, gathers and scatters %i elements of a %s", async (length, kind) => {
    const make = (size: number): CollectiveBuffer =>
      kind === "Float32Array"
        ? new Float32Array(size)
        : kind === "Int32Array"
          ? new Int32Array(size)
          : new Uint8Array(size);
    await onAll(makeRanks(3), async ({ rank, collective }) => {
      const own = make(length).fill(rank + 1);
      const gathered = make(3 * length);
      await collective.allGather(own, gathered, { name: "gather" });
      for (const member of [0, 1, 2])
        expect(gathered.subarray(member * length, (member + 1) * length).every((value) => value === member + 1)).toBe(
          true,
        );
      const part = make(length);
      await collective.reduceScatter(gathered, part, { name: "scatter", op: "max" });
      expect(part.every((value) => value === rank + 1)).toBe(true);
      await collective.allReduce(own, { name: "reduce", op: "sum" });
      expect([own.length, own.every((value) => value === 6)]).toEqual([length, true]);
    });
  });

  it.each([[100], [65_537], [300_001]])(
    "adds %i numbers in the order of the ranks, the same bits on each",
    async (length) => {
      const valueOf = (rank: number, index: number): number =>
        Math.fround(Math.sin(index + 1e3 * rank) * 10 ** (rank - 1));
      const means = await onAll(makeRanks(3), async ({ rank, collective }) => {
        const buffer = Float32Array.from({ length }, (_, index) => valueOf(rank, index));
        await collective.allReduce(buffer, { name: "means", op: "mean" });
        return buffer;
      });
      const expected = Float32Array.from(
        { length },
        (_, index) => (valueOf(0, index) + valueOf(1, index) + valueOf(2, index)) / 3,
      );
      for (const mean of means) expect(Buffer.from(mean.buffer).equals(Buffer.from(expected.buffer))).toBe(true);
    },
  );

  it("runs calls in the order in which they were made, also when nobody waits between them", async () => {
    await onAll(makeRanks(2), async ({ rank, collective }) => {
      const buffers = Array.from({ length: 20 }, (_, i) => Float32Array.of(rank + i));
      await Promise.all(buffers.map((buffer, i) => collective.allReduce(buffer, { name: `call ${i}`, op: "mean" })));
      expect(buffers.map(([value]) => value)).toEqual(buffers.map((_, i) => i + 0.5));
    });
  });

  it("keeps groups and pairs apart from the calls of all", async () => {
    await onAll(makeRanks(3), async ({ rank, collective }) => {
      const group = await collective.createGroup("ends", [0, 2]);
      const buffer = Int32Array.of(rank);
      if (rank === 1) expect(() => collective.barrier({ name: "ends", group })).toThrow(/ends of ranks 0, 2 on rank 1/);
      else await collective.allReduce(buffer, { name: "ends", op: "sum", group });
      expect(buffer[0]).toBe(rank === 1 ? 1 : 2);
      if (rank === 0) await collective.send(Int32Array.of(42), { name: "secret", destination: 1 });
      if (rank === 1) await collective.receive(buffer, { name: "secret", source: 0 });
      await collective.barrier({ name: "end" });
      if (rank === 1) expect(buffer[0]).toBe(42);
    });
  });

  it("refuses a mean of whole numbers", () => {
    const [first] = makeRanks(1);
    expect(() => first?.collective.allReduce(Int32Array.of(1), { name: "count", op: "mean" })).toThrow(/"count".*mean/);
  });
});

describe("SharedMemoryCollective, when ranks disagree", () => {
  it.each([
    ["another length", (rank: number) => ({ buffer: new Float32Array(rank + 1), name: "g", op: "sum" as const })],
    ["another name", (rank: number) => ({ buffer: new Float32Array(1), name: `g${rank}`, op: "sum" as const })],
    [
      "another type",
      (rank: number) => ({
        buffer: rank === 0 ? new Int32Array(1) : new Float32Array(1),
        name: "g",
        op: "sum" as const,
      }),
    ],
    [
      "another reduction",
      (rank: number) => ({
        buffer: new Float32Array(1),
        name: "g",
        op: rank === 0 ? ("sum" as const) : ("max" as const),
      }),
    ],
  ])("says so on all of them: %s", async (_, callOf) => {
    const failures = await onAll(makeRanks(2), async ({ rank, world, collective }) => {
      world.setPhase("backward");
      const { buffer, ...call } = callOf(rank);
      return failureOf(collective.allReduce(buffer, call));
    });
    for (const [rank, failure] of failures.entries())
      expect(failure).toMatchObject({
        code: "LIT_COLLECTIVE_MISMATCH",
        blamedRank: 1 - rank,
        sequenceNumber: 1,
        phase: "backward",
        message: expect.stringMatching(/rank 0: call 1, allReduce "g.*rank 1: call 1, allReduce "g/),
      });
  });

  it("says who waits for whom, where, and what that rank is at", async () => {
    const [first, second] = makeRanks(2, { timeoutMs: 40 });
    if (first === undefined || second === undefined) return;
    await Promise.all([first, second].map(({ collective }) => collective.barrier({ name: "begin" })));
    second.world.setPhase("forward");
    expect(
      await failureOf(first.collective.broadcast(new Float32Array(2), { name: "weights", source: 1 })),
    ).toMatchObject({
      code: "LIT_COLLECTIVE_TIMEOUT",
      ...{ blamedRank: 1, operation: 'broadcast "weights"', sequenceNumber: 2, timeoutMs: 40 },
      message: expect.stringMatching(/rank 1 \(process 2\), phase forward, after call 1, barrier "begin"/),
    });
    // The other one hears of it instead of waiting for its own time to be over.
    await second.collective.broadcast(new Float32Array(2), { name: "weights", source: 1 });
    const late = await failureOf(second.collective.barrier({ name: "late", timeoutMs: 60_000 }));
    expect(late).toMatchObject({ code: "LIT_RANK_FAILED", blamedRank: 0, message: expect.stringContaining("40 ms") });
    expect(await failureOf(first.collective.barrier({ name: "more" }))).toMatchObject({
      code: "LIT_COLLECTIVE_TIMEOUT",
    });
  });

  it("names a rank whose process is gone, and one that left or failed", async () => {
    const [alone] = makeRanks(2, { dead: [1] });
    expect(await failureOf(alone?.collective.barrier({ name: "begin" }) ?? Promise.resolve())).toMatchObject({
      code: "LIT_RANK_FAILED",
      blamedRank: 1,
      message: expect.stringContaining("gone without a word"),
    });
    for (const status of ["left", "failed"] as const) {
      const [first, second] = makeRanks(2);
      second?.world.end(1, status, "it exited with code 3");
      second?.world.end(1, "failed", "a consequence");
      expect(await failureOf(first?.collective.barrier({ name: "begin" }) ?? Promise.resolve())).toMatchObject({
        code: "LIT_RANK_FAILED",
        message: expect.stringContaining("it exited with code 3"),
      });
    }
  });

  it("blames the rank that failed first, and not one that failed because of it", async () => {
    const [first, second] = makeRanks(3, { dead: [2] });
    await failureOf(first?.collective.barrier({ name: "begin" }) ?? Promise.resolve());
    expect(await failureOf(second?.collective.barrier({ name: "begin" }) ?? Promise.resolve())).toMatchObject({
      code: "LIT_RANK_FAILED",
      blamedRank: 2,
      message: expect.stringMatching(/rank 2 .*gone without a word/),
    });
    const [one, two] = makeRanks(3);
    one?.world.end(0, "failed", "rank 0 has waited for rank 1", 1);
    // Rank 1 is the one that is blamed: it hears who gave up on it.
    expect(await failureOf(two?.collective.barrier({ name: "begin" }) ?? Promise.resolve())).toMatchObject({
      blamedRank: 0,
      message: expect.stringContaining("rank 0 has waited for rank 1"),
    });
  });
});

setFlagsFromString("--expose-gc");
const gc: unknown = runInNewContext("gc");

/** Runs garbage collection and the finalizers that follow it. */
async function collectGarbage(): Promise<void> {
  for (let i = 0; i < 3; i += 1) {
    if (typeof gc === "function") Reflect.apply(gc, undefined, []);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe("memory that ranks share for themselves", () => {
  it("is each rank's own part, seen by all, and used again when it was released on all", async () => {
    const ranks = makeRanks(3);
    const open = (bytes: number) =>
      onAll(ranks, async ({ collective }) => {
        const opening = collective.openRegion(bytes, { name: "test" });
        await opening;
        return opening.region;
      });
    const regions = await open(4096 + 8);
    regions.forEach((region, rank) => region.floatsOf(rank, 1000, 26).fill(rank + 1));
    for (const region of regions)
      expect([0, 1, 2].map((rank) => [...region.floatsOf(rank, 1000, 26)])).toEqual(
        [1, 2, 3].map((value) => Array.from({ length: 26 }, () => value)),
      );
    const memoryOf = (opened: typeof regions) => opened[0]?.floatsOf(0, 0, 1).buffer;
    expect(memoryOf(await open(64))).not.toBe(memoryOf(regions));
    for (const region of regions.slice(1)) region.release();
    expect(memoryOf(await open(64))).not.toBe(memoryOf(regions));
    regions[0]?.release();
    // Too large for what was released, then not.
    expect(memoryOf(await open(3 * 4096))).not.toBe(memoryOf(regions));
    const again = await open(2 * 4096);
    expect(memoryOf(again)).toBe(memoryOf(regions));
    expect([...(again[2]?.floatsOf(1, 1000, 1) ?? [])]).toEqual([2]);
  });

  it("is used again when nobody has a reference to it, and not while somebody has an array of it", async () => {
    let places: Float32Array[] = [];
    const regions = new SharedRegions(2, (sizeBytes) => new ArrayBuffer(sizeBytes));
    (() => {
      places = [regions.open(4096, regions.free()).floatsOf(1, 0, 4)];
    })();
    await collectGarbage();
    expect(regions.free()[0]).toBe(0);
    places = [];
    await collectGarbage();
    expect(regions.free()[0]).toBe(1);
    expect(places).toEqual([]);
  });
});
