import type { Collective } from "@lightning-ts/fabric";
import { describe, expect, it } from "vitest";

export interface CollectiveSuite {
  readonly name: string;
  /** Sets up one collective per rank, runs `body` on all of them at once, and tears them down. */
  readonly onEveryRank: (body: (collective: Collective) => Promise<void>) => Promise<void>;
  /** Why `join` cannot work, where it cannot. */
  readonly cannotJoin?: string | undefined;
}

/** What every `Collective` does, on any number of ranks. */
export function testCollective({ name, onEveryRank, cannotJoin }: CollectiveSuite): void {
  describe(`Collective: ${name}`, () => {
    it("reduces in place, the same on every rank", () =>
      onEveryRank(async (collective) => {
        const { rank, worldSize } = collective;
        const ranks = Array.from({ length: worldSize }, (_, i) => i);
        const total = ranks.reduce((sum, each) => sum + each, 0);
        for (const [op, expected] of [
          ["sum", total],
          ["mean", total / worldSize],
          ["min", 0],
          ["max", worldSize - 1],
        ] as const) {
          const buffer = Float32Array.of(rank, 10 * rank);
          await collective.allReduce(buffer, { name: `all-reduce ${op}`, op });
          expect([...buffer]).toEqual([expected, 10 * expected]);
        }
      }));

    it("reduces several arrays as one, where it can, in place or not", () =>
      onEveryRank(async (collective) => {
        const { rank, worldSize } = collective;
        const total = (worldSize * (worldSize - 1)) / 2;
        for (const lengths of [[1, 0, 3], [70_000, 5, 1, 200_000], []]) {
          const inputs = lengths.map((length, part) => new Float32Array(length).fill(rank * (part + 1)));
          const outputs = lengths.map((length) => new Float32Array(length));
          await collective.allReduceParts?.(inputs, outputs, { name: `apart ${lengths.length}`, op: "sum" });
          await collective.allReduceParts?.(inputs, inputs, { name: `in place ${lengths.length}`, op: "sum" });
          if (collective.allReduceParts === undefined) continue;
          for (const parts of [inputs, outputs])
            parts.forEach((values, part) => expect(values.every((value) => value === total * (part + 1))).toBe(true));
        }
      }));

    it("overwrites the others' buffers by the source's", () =>
      onEveryRank(async (collective) => {
        const source = collective.worldSize - 1;
        const buffer = Int32Array.of(collective.rank, 7);
        await collective.broadcast(buffer, { name: "broadcast", source });
        expect([...buffer]).toEqual([source, 7]);
      }));

    it("gathers one part per rank, in rank order", () =>
      onEveryRank(async (collective) => {
        const { rank, worldSize } = collective;
        const output = new Float32Array(2 * worldSize);
        await collective.allGather(Float32Array.of(rank, rank + 0.5), output, { name: "all-gather" });
        expect([...output]).toEqual(Array.from({ length: worldSize }, (_, i) => [i, i + 0.5]).flat());
      }));

    it("scatters and reduce-scatters part by part", () =>
      onEveryRank(async (collective) => {
        const { rank, worldSize } = collective;
        const parts = Float32Array.from({ length: worldSize }, (_, i) => i + 1);
        const scattered = new Float32Array(1);
        await collective.scatter(parts, scattered, { name: "scatter", source: 0 });
        expect(scattered[0]).toBe(rank + 1);
        const reduced = new Float32Array(1);
        await collective.reduceScatter(parts, reduced, { name: "reduce-scatter", op: "sum" });
        expect(reduced[0]).toBe(worldSize * (rank + 1));
      }));

    it("exchanges parts between all ranks", () =>
      onEveryRank(async (collective) => {
        const { rank, worldSize } = collective;
        const output = new Int32Array(worldSize);
        await collective.allToAll(
          Int32Array.from({ length: worldSize }, (_, to) => 100 * rank + to),
          output,
          { name: "all-to-all" },
        );
        expect([...output]).toEqual(Array.from({ length: worldSize }, (_, from) => 100 * from + rank));
      }));

    it("exchanges byte strings of different lengths", () =>
      onEveryRank(async (collective) => {
        const found = await collective.exchangeBytes(new Uint8Array(collective.rank + 1).fill(collective.rank), {
          name: "exchange",
        });
        expect(found.map((bytes) => [...bytes])).toEqual(
          Array.from({ length: collective.worldSize }, (_, i) => Array.from({ length: i + 1 }, () => i)),
        );
      }));

    it.skipIf(cannotJoin !== undefined)(
      `can be joined without leaving the current call${cannotJoin === undefined ? "" : ` (${cannotJoin})`}`,
      () =>
        onEveryRank(async (collective) => {
          const buffer = Float32Array.of(1);
          collective.allReduce(buffer, { name: "joined", op: "sum" }).join();
          expect(buffer[0]).toBe(collective.worldSize);
          await collective.barrier({ name: "after the join" });
        }),
    );

    it("refuses ranks that do not exist and names the call", () =>
      onEveryRank(async (collective) => {
        expect(() =>
          collective.broadcast(new Float32Array(1), { name: "weights of layer 3", source: collective.worldSize }),
        ).toThrow(/weights of layer 3/);
      }));

    it("refuses an output that does not fit the input", () =>
      onEveryRank(async (collective) => {
        expect(() =>
          collective.allGather(new Float32Array(2), new Float32Array(2 * collective.worldSize + 1), {
            name: "ill-fitting",
          }),
        ).toThrow(/ill-fitting/);
      }));
  });
}
