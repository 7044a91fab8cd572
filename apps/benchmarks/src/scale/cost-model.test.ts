import { describe, expect, it } from "vitest";
import { bucketsOf, efficiency, stepMs, wireMs, type Layout, type Link, type Stages } from "./cost-model.js";

const link: Link = { latencyMs: 1, bytesPerMs: 10, processorMsPerByte: 0, processorMsPerCall: 0 };
const stages: Stages = { forwardMs: 10, backwardMs: 20, updateMs: 5, bucketBytes: [100, 100] };
const four: Layout = { ranks: 4, algorithm: "ring", overlaps: true };

describe("the cost model", () => {
  it("sends a bucket around a ring, and down and up two trees", () => {
    expect(wireMs(100, link, four)).toBe(2 * 3 + (2 * 3 * 100) / 4 / 10);
    expect(wireMs(100, link, { ...four, algorithm: "tree" })).toBe(2 * 2 + 20);
    expect(wireMs(100, link, { ...four, ranks: 1 })).toBe(0);
  });

  it("hides what travels behind the backward, and waits for the last bucket", () => {
    const wire = wireMs(100, link, four);
    expect(wire).toBe(21);
    // Ready after 20 and 30; the second waits for the first, which comes after 41.
    expect(stepMs(stages, link, four)).toBe(20 + 2 * wire + 5);
    expect(stepMs(stages, link, { ...four, overlaps: false })).toBe(30 + 2 * wire + 5);
    const fast = { ...link, bytesPerMs: 1000, latencyMs: 0 };
    expect(stepMs(stages, fast, four)).toBeCloseTo(35 + wireMs(100, fast, four), 12);
  });

  it("adds what the processor does for a bucket, and shares processors", () => {
    const busy = {
      latencyMs: 0,
      bytesPerMs: Number.POSITIVE_INFINITY,
      processorMsPerByte: 0.01,
      processorMsPerCall: 2,
    };
    expect(stepMs(stages, busy, four)).toBe(35 + 2 * 3);
    expect(stepMs(stages, busy, { ...four, ranksPerProcessor: 2 })).toBe(2 * 41);
    // Half a turn without work before each of the two buckets, and both halves of each call twice as long.
    expect(stepMs(stages, busy, { ...four, ranksPerProcessor: 1.5 })).toBe(1.5 * 35 + 2 * (0.5 * 2) + 2 * (2 * 3));
    expect(efficiency(stages, busy, four)).toBeCloseTo(35 / 41, 12);
    expect(efficiency(stages, link, { ...four, ranks: 1 })).toBe(1);
  });

  it("loses to latency in a ring of many ranks, and less in trees", () => {
    const of = (ranks: number, algorithm: "ring" | "tree") => efficiency(stages, link, { ...four, ranks, algorithm });
    expect(of(4096, "ring")).toBeLessThan(0.01);
    expect(of(4096, "tree")).toBeGreaterThan(0.2);
    expect(of(2, "ring")).toBeGreaterThan(of(64, "ring"));
  });

  it("makes the buckets of ddp", () => {
    const MIB = 1024 * 1024;
    expect(bucketsOf([3 * MIB, 2 * MIB, MIB / 2, MIB / 2, MIB / 4], 4 * MIB)).toEqual([1.25 * MIB, 5 * MIB]);
    expect(bucketsOf([10, 20], 4 * MIB)).toEqual([30]);
  });
});
