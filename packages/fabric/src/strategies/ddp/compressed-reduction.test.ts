import { InProcessCollectives } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { SingleDeviceCollective } from "../../collectives/single-device-collective.js";
import { DDPStrategy } from "./ddp-strategy.js";
import { expandBfloat16, roundToBfloat16 } from "./bfloat16.js";
import { compressedMean } from "./compressed-reduction.js";

function rounded(values: readonly number[]): number[] {
  const halves = new Uint16Array(values.length + 1);
  roundToBfloat16(Float32Array.from(values), halves, 1);
  const floats = new Float32Array(values.length);
  expandBfloat16(halves, 1, floats);
  return [...floats];
}

describe("bfloat16", () => {
  // What torch.tensor(x).bfloat16().float() gives, PyTorch 2.
  it.each([
    [1.00390625, 1],
    [1.01171875, 1.015625],
    [3.14159274, 3.140625],
    [-0.1, -0.10009765625],
    [65_535, 65_536],
    [1e-40, 9.183549615799121e-41],
    [3.4028234e38, Number.POSITIVE_INFINITY],
    [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
    [Number.NaN, Number.NaN],
    [-0, -0],
  ])("rounds %f to %f", (value, expected) => {
    expect(rounded([value])).toEqual([Math.fround(expected)]);
  });
});

/** What each rank gets of arrays that it makes. */
async function meansOf(ranks: number, inputsOf: (rank: number) => Float32Array[]): Promise<number[][][]> {
  return Promise.all(
    new InProcessCollectives(ranks, { timeoutMs: 20_000 }).ranks.map(async (collective) => {
      await collective.setup();
      const inputs = inputsOf(collective.rank);
      const outputs = inputs.map(({ length }) => new Float32Array(length));
      await compressedMean(collective, { name: "gradients", inputs, outputs });
      return outputs.map((output) => [...output]);
    }),
  );
}

describe("gradients as bfloat16", () => {
  it.each([1, 2, 3, 4])("are the rounded mean of rounded numbers, the same on all of %i ranks", async (ranks) => {
    const lengths = [1, 0, 5000, 4099];
    const value = (rank: number, part: number, i: number): number => Math.fround(Math.sin(rank + 3 * part + 0.7 * i));
    const found = await meansOf(ranks, (rank) =>
      lengths.map((length, part) => Float32Array.from({ length }, (_, i) => value(rank, part, i))),
    );
    const expected = lengths.map((length, part) =>
      rounded(
        Array.from({ length }, (_, i) => {
          const values = rounded(Array.from({ length: ranks }, (_unused, rank) => value(rank, part, i)));
          return values.reduce((sum, each) => sum + each, 0) / ranks;
        }),
      ),
    );
    for (const ofRank of found) expect(ofRank).toEqual(expected);
  });

  it("keep what is not finite, so that overflows are seen", async () => {
    const [first] = await meansOf(2, (rank) => [
      Float32Array.of(rank === 0 ? Number.NaN : 1, 2, Number.POSITIVE_INFINITY),
    ]);
    expect(first).toEqual([[Number.NaN, 2, Number.POSITIVE_INFINITY]]);
  });

  it("can be joined", () => {
    const outputs = [new Float32Array(2)];
    compressedMean(new SingleDeviceCollective(), { name: "x", inputs: [Float32Array.of(1, 1.001)], outputs }).join();
    expect([...(outputs[0] ?? [])]).toEqual([1, 1]);
  });

  it("are an option that names what it takes", () => {
    // @ts-expect-error: there is no such compression
    expect(() => new DDPStrategy({ gradientCompression: "fp16" })).toThrow(/gradientCompression.*"bf16".*"fp16"/s);
  });
});
