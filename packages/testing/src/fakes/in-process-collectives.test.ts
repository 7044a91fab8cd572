import { describe, expect, it } from "vitest";
import { testCollective } from "../conformance/test-collective.js";
import { InProcessCollectives } from "./in-process-collectives.js";

testCollective({
  name: "three ranks in one process",
  onEveryRank: async (body) => {
    await Promise.all(new InProcessCollectives(3).ranks.map((collective) => body(collective)));
  },
  cannotJoin: "all ranks share one thread",
});

describe("InProcessCollectives", () => {
  it("say which ranks came when one does not", async () => {
    const [first, , third] = new InProcessCollectives(3, { timeoutMs: 10 }).ranks;
    const calls = [first, third].map(async (collective) => collective?.barrier({ name: "end of epoch 3" }));
    await expect(Promise.all(calls)).rejects.toThrow(/"end of epoch 3" waited 10 ms: rank 0, 2 of 3 came/);
  });

  it("say which calls met when ranks do different things", async () => {
    const [first, second] = new InProcessCollectives(2).ranks;
    const calls = [first?.barrier({ name: "save" }), second?.barrier({ name: "validate" })].map(async (work) => work);
    await expect(Promise.all(calls)).rejects.toThrow(/rank 0: save, rank 1: validate/);
  });

  it("let groups meet among themselves", async () => {
    const { ranks } = new InProcessCollectives(3);
    const buffers = ranks.map(({ rank }) => Float32Array.of(rank + 1));
    const group = await ranks[0]?.createGroup("outer", [0, 2]);
    await Promise.all(
      [0, 2].map(async (rank) =>
        ranks[rank]?.allReduce(buffers[rank] ?? new Float32Array(1), { name: "sum", op: "sum", group }),
      ),
    );
    expect(buffers.map(([value]) => value)).toEqual([4, 2, 4]);
  });
});
