import { describe, expect, it } from "vitest";
import { chosenSeed, isolateRandom, randomState, restoreRandomState, seedEverything } from "./global-random.js";
import { RandomStream } from "./random-stream.js";

const draw = (name: string) => Array.from({ length: 3 }, () => RandomStream.named(name).nextUint32());

describe("seedEverything", () => {
  it("returns the seed, 0 when none is given", () => {
    expect(seedEverything(123)).toBe(123);
    expect(seedEverything()).toBe(0);
  });

  it.each([-1, 2 ** 32, 1.5, Number.NaN])("refuses %d", (seed) => {
    expect(() => seedEverything(seed)).toThrow("Expected an integer from 0 to 4294967295");
  });

  it("restarts streams that are already in use and those that come later", () => {
    seedEverything(5);
    const before = draw("init");
    const held = RandomStream.named("init");
    seedEverything(5);
    expect(Array.from({ length: 3 }, () => held.nextUint32())).toEqual(before);
    expect(draw("dropout")).not.toEqual(before);
  });
});

describe("chosenSeed", () => {
  it("is the last one that was asked for; a state that comes back is nobody's choice", () => {
    seedEverything(3);
    const state = randomState();
    seedEverything(4);
    restoreRandomState(state);
    expect([chosenSeed(), randomState().seed]).toEqual([4, 3]);
    expect(() => seedEverything(-1)).toThrow("This is not a seed");
    expect(chosenSeed()).toBe(4);
  });
});

describe("randomState", () => {
  it("takes all streams back, those that were unused when it was taken included", () => {
    seedEverything(1);
    draw("a");
    const state = JSON.parse(JSON.stringify(randomState()));
    const next = [draw("a"), draw("only later")];
    seedEverything(2);
    restoreRandomState(state);
    expect([draw("a"), draw("only later")]).toEqual(next);
  });

  it("refuses another version", () => {
    expect(() => restoreRandomState(JSON.parse('{"version":9}'))).toThrow("unknown version");
  });
});

describe("isolateRandom", () => {
  it("leaves no trace of what the body draws", () => {
    seedEverything(1);
    const state = randomState();
    expect(isolateRandom(() => draw("a").length)).toBe(3);
    expect(() =>
      isolateRandom(() => {
        draw("a");
        throw new Error("no");
      }),
    ).toThrow("no");
    restoreRandomState(state);
    const undisturbed = draw("a");
    restoreRandomState(state);
    isolateRandom(() => draw("a"));
    expect(draw("a")).toEqual(undisturbed);
  });

  it("waits for a promise before it takes the streams back", async () => {
    seedEverything(1);
    const expected = isolateRandom(() => draw("a"));
    const isolated = isolateRandom(async () => {
      await Promise.resolve();
      draw("a");
      throw new Error("late");
    });
    await expect(isolated).rejects.toThrow("late");
    expect(draw("a")).toEqual(expected);
  });
});
