import "@tensorflow/tfjs-backend-cpu";
import { afterEach, expect, it } from "vitest";
import { dropout } from "../nn/functional/dropout.js";
import { tf } from "../tensor/tf.js";
import { randomState, restoreRandomState, seedEverything } from "./global-random.js";
import { RandomStream } from "./random-stream.js";
import { setRankOfSeeds } from "./rank-of-seeds.js";

afterEach(() => setRankOfSeeds(0));

const dropped = (): number[] => [...dropout(tf.ones([64]), { p: 0.5, training: true }).dataSync()];
const asRank = (rank: number): number[] => {
  setRankOfSeeds(rank);
  seedEverything(3);
  return dropped();
};

it("drops other units on each rank, and on the first those of one process", () => {
  seedEverything(3);
  const alone = dropped();
  expect(asRank(0)).toEqual(alone);
  const ranks = [0, 1, 2, 3].map(asRank);
  expect(new Set(ranks.map(String)).size).toBe(4);
  expect(asRank(2)).toEqual(ranks[2]);
});

it("leaves weights, orders and positions alike, so that rank 0's state is that of all", () => {
  const draw = () => ["init", "shuffle", "dropout"].map((name) => RandomStream.named(name).nextUint32());
  asRank(0);
  const [words, state] = [draw(), randomState()];
  const next = dropped();
  asRank(1);
  expect(draw()).toEqual(words);
  expect(randomState()).toEqual(state);
  const nextOfSecond = dropped();
  expect(nextOfSecond).not.toEqual(next);
  restoreRandomState(state);
  expect(dropped()).toEqual(nextOfSecond);
});
