import * as tfjs from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { isolateRandom, randomState, restoreRandomState, seedEverything } from "../random/global-random.js";
import { resolveBackend } from "../backend/resolve-backend.js";
import { tf } from "../tensor/tf.js";

beforeAll(() => resolveBackend("cpu"));

const DRAWS: readonly (readonly [name: string, draw: () => tf.Tensor])[] = [
  ["randomNormal", () => tf.randomNormal([50])],
  ["randomNormal of seed 0", () => tf.randomNormal([50], 1, 2, "float32", 0)],
  ["randomStandardNormal", () => tf.randomStandardNormal([50])],
  ["truncatedNormal", () => tf.truncatedNormal([50], 3, 0.1)],
  ["randomUniform", () => tf.randomUniform([50], -1, 1)],
  ["randomUniform of int32", () => tf.randomUniform([50], 0, 1000, "int32")],
  ["randomUniformInt", () => tf.randomUniformInt([50], 0, 1000)],
  ["randomGamma", () => tf.randomGamma([50], 2, 3)],
  ["multinomial", () => tf.multinomial(tf.zeros<tf.Rank.R2>([3, 8]), 50)],
  ["dropout", () => tf.dropout(tf.ones([50]), 0.5)],
];

describe.each(DRAWS)("%s", (_name, draw) => {
  const values = (): number[] => [...draw().dataSync()];

  it("is repeated by seedEverything, and others follow", () => {
    seedEverything(7);
    const [first, second] = [values(), values()];
    expect(second).not.toEqual(first);
    seedEverything(7);
    expect([values(), values()]).toEqual([first, second]);
    seedEverything(8);
    expect(values()).not.toEqual(first);
  });

  it("goes on from a state that was kept, and leaves no trace in isolateRandom", () => {
    seedEverything(7);
    values();
    const state = randomState();
    const next = values();
    restoreRandomState(state);
    isolateRandom(values);
    expect(values()).toEqual(next);
  });
});

it("numbers with a seed of their own are tfjs' and move nothing", () => {
  seedEverything(7);
  const before = randomState();
  expect([...tf.randomNormal([9], 0, 1, "float32", 5).dataSync()]).toEqual([
    ...tfjs.randomNormal([9], 0, 1, "float32", 5).dataSync(),
  ]);
  expect([...tf.randomUniform([9], 0, 1, "float32", "word").dataSync()]).toEqual([
    ...tfjs.randomUniform([9], 0, 1, "float32", "word").dataSync(),
  ]);
  expect(randomState()).toEqual(before);
});
