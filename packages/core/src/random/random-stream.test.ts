import { describe, expect, it } from "vitest";
import { RandomStream } from "./random-stream.js";
import { threefry } from "./threefry.js";

const draw = (stream: RandomStream, count: number) => Array.from({ length: count }, () => stream.nextUint32());

describe("RandomStream", () => {
  it("gives the same words for the same seed and name, and others for another", () => {
    expect(draw(RandomStream.fromSeed(7, "a"), 5)).toEqual(draw(RandomStream.fromSeed(7, "a"), 5));
    expect(draw(RandomStream.fromSeed(7, "a"), 5)).not.toEqual(draw(RandomStream.fromSeed(7, "b"), 5));
    expect(draw(RandomStream.fromSeed(7, "a"), 5)).not.toEqual(draw(RandomStream.fromSeed(8, "a"), 5));
    expect(draw(RandomStream.fromSeed(2 ** 32, "a"), 5)).not.toEqual(draw(RandomStream.fromSeed(0, "a"), 5));
  });

  it("goes on from a saved state, also in the middle of a block", () => {
    const stream = RandomStream.fromSeed(1);
    draw(stream, 3);
    const state = stream.state();
    const next = draw(stream, 4);
    const other = RandomStream.fromSeed(99);
    other.restore(JSON.parse(JSON.stringify(state)));
    expect(draw(other, 4)).toEqual(next);
  });

  it("gives word after word what the cipher says of its number, however many are made ahead", () => {
    const key = [7, 0x80000001] as const;
    const block = new Uint32Array(2);
    const wordAt = (position: number): number => {
      const counter = Math.floor(position / 2);
      threefry(key[0], key[1], counter >>> 0, Math.floor(counter / 2 ** 32), block);
      return block[position % 2] ?? 0;
    };
    for (const start of [0, 1, 2 ** 33 - 700]) {
      const stream = new RandomStream(key);
      stream.restore({ version: 1, key, position: start });
      for (let position = start; position < start + 1500; position += 1) {
        expect(stream.state().position).toBe(position);
        expect(stream.nextUint32()).toBe(wordAt(position));
      }
    }
  });

  it.each([
    [0, 4095, 0, 1],
    [0, 4096, 0, 1],
    [1, 4097, -0.05, 0.05],
    [513, 30_001, -3, 1e30],
    [2 ** 33 - 5001, 20_003, 0.25, 0.75],
    [2 ** 34 - 8192, 8200, -1, 1],
  ])("makes of the words from %i on %i uniform numbers in bulk, from %d to %d", (start, length, low, high) => {
    const [stream, words] = [new RandomStream([7, 0x80000001]), new RandomStream([7, 0x80000001])];
    for (const each of [stream, words]) each.restore({ version: 1, key: [7, 0x80000001], position: start });
    const scale = (high - low) / 2 ** 24;
    const expected = Float32Array.from({ length }, () => low + (words.nextUint32() >>> 8) * scale);
    expect(stream.fillUniform(new Float32Array(length), low, high)).toEqual(expected);
    expect(stream.state()).toEqual(words.state());
    expect(stream.nextUint32()).toBe(words.nextUint32());
  });

  it.each([1, 6, 2 ** 31 + 1, 3 * 2 ** 30, 2 ** 32 - 1, 2 ** 32])(
    "draws integers below %i from all words below the last multiple of that",
    (bound) => {
      const [stream, words] = [RandomStream.fromSeed(9), RandomStream.fromSeed(9)];
      for (let i = 0; i < 1000; i += 1) {
        const drawn = stream.integer(bound);
        let word = words.nextUint32();
        while (word >= 2 ** 32 - (2 ** 32 % bound)) word = words.nextUint32();
        expect(drawn).toBe(word % bound);
      }
      expect(stream.state()).toEqual(words.state());
    },
  );

  it("reaches positions beyond 2^33 words", () => {
    const stream = RandomStream.fromSeed(1);
    const { key } = stream.state();
    const beginning = draw(stream, 2);
    stream.restore({ version: 1, key, position: 2 ** 33 });
    expect(draw(stream, 2)).not.toEqual(beginning);
    expect(stream.state().position).toBe(2 ** 33 + 2);
  });

  it("refuses a state of another version", () => {
    const stream = RandomStream.fromSeed(1);
    expect(() => stream.restore(JSON.parse('{"version":2,"key":[0,0],"position":0}'))).toThrow("Expected version 1");
  });

  it("forks by name, wherever the parent is", () => {
    const parent = RandomStream.fromSeed(5);
    const early = draw(parent.fork(3), 4);
    draw(parent, 11);
    expect(draw(parent.fork(3), 4)).toEqual(early);
    expect(draw(parent.fork(4), 4)).not.toEqual(early);
    expect(draw(parent.fork("3"), 4)).not.toEqual(early);
  });

  it("draws uniform numbers in [low, high) with the right mean and variance", () => {
    const values = RandomStream.fromSeed(3).fillUniform(new Float32Array(20_000), -1, 3);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-1);
    expect(Math.max(...values)).toBeLessThan(3);
    expect(mean(values)).toBeCloseTo(1, 1);
    expect(variance(values)).toBeCloseTo(16 / 12, 1);
  });

  it("takes one draw for each uniform number, wherever the stream is", () => {
    const [filled, drawn] = [RandomStream.fromSeed(8), RandomStream.fromSeed(8)];
    for (const length of [1, 0, 2, 5, 700, 3, 4_096]) {
      const expected = Float32Array.from({ length }, () => (drawn.nextUint32() >>> 8) / 2 ** 24);
      expect(filled.fillUniform(new Float32Array(length))).toEqual(expected);
      expect(filled.nextUint32()).toBe(drawn.nextUint32());
      expect(filled.state()).toEqual(drawn.state());
    }
  });

  it.each([20_000, 20_001])("draws normal numbers with the right mean and variance (%i)", (length) => {
    const values = RandomStream.fromSeed(3).fillNormal(new Float32Array(length), 2, 0.5);
    expect(mean(values)).toBeCloseTo(2, 1);
    expect(variance(values)).toBeCloseTo(0.25, 1);
    const singles = RandomStream.fromSeed(4);
    expect(mean(Float64Array.from({ length: 5_000 }, () => singles.normal(2, 0.5)))).toBeCloseTo(2, 1);
  });

  it("draws every integer below a bound about equally often", () => {
    const stream = RandomStream.fromSeed(3);
    const counts = [0, 0, 0];
    for (let i = 0; i < 3_000; i += 1) {
      const drawn = stream.integer(3);
      counts[drawn] = (counts[drawn] ?? 0) + 1;
    }
    for (const count of counts) expect(count).toBeGreaterThan(800);
    expect(() => stream.integer(0)).toThrow("Expected an integer from 1");
  });

  it("permutes without losing a number, differently each time", () => {
    const stream = RandomStream.fromSeed(3);
    const first = stream.permutation(100);
    expect([...first].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect([...stream.permutation(100)]).not.toEqual([...first]);
    expect([...stream.permutation(0)]).toEqual([]);
  });

  it("keeps its numbers over versions of this library", () => {
    expect(draw(RandomStream.fromSeed(42, "init"), 3)).toEqual(GOLDEN);
  });
});

const GOLDEN = [612263026, 1874381763, 2646026485];

const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, x) => sum + x, 0) / values.length;
function variance(values: ArrayLike<number>): number {
  const centre = mean(values);
  return mean(Array.from(values, (x) => (x - centre) ** 2));
}
