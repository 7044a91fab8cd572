import { RandomStream } from "lightning-ts/core";
import { describe, expect, it } from "vitest";
import { foldsOf } from "./kfold/folds.js";
import { CartPole } from "./ppo/cart-pole.js";

describe("CartPole", () => {
  it("moves as Gymnasium's CartPole-v1 does", () => {
    const still = new CartPole(Object.assign(RandomStream.fromSeed(1), { uniform: () => 0 }));
    still.reset();
    const { state } = still.step(1);
    // One Euler step from rest: position and angle have not moved yet; 0.02 s of 9.756 m/s² and of -14.634 rad/s².
    expect(state.map((value) => Number(value.toFixed(6)))).toEqual([0, 0.195122, 0, -0.292683]);
  });

  it("ends when the pole falls", () => {
    const environment = new CartPole(RandomStream.fromSeed(1));
    environment.reset();
    let steps = 0;
    while (!environment.step(1).isTerminated) steps += 1;
    expect(steps).toBeGreaterThan(5);
    expect(steps).toBeLessThan(15);
  });
});

describe("foldsOf", () => {
  it("validates every index once and trains on the others", () => {
    const folds = foldsOf(11, 3, RandomStream.fromSeed(1));
    expect(folds.flatMap(({ validation }) => validation).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 11 }, (_, i) => i),
    );
    for (const { train, validation } of folds) expect(new Set([...train, ...validation]).size).toBe(11);
  });
});
