import { gradOf, setGrad, tf } from "@lightning-ts/core";
import { InProcessCollectives } from "@lightning-ts/testing";
import { expect, it } from "vitest";
import type { Collective } from "../../collectives/collective.js";
import { combineNorms } from "./clip-over-ranks.js";
import { ParameterOwners } from "./parameter-owners.js";
import { ShardedReduction } from "./sharded-reduction.js";

const SIZES = [5, 3, 4];
const WORLD = 2;

/** One rank with parameters of its own, and what a backward does to their gradients. */
class Rank {
  readonly parameters = SIZES.map((size) => tf.tidy(() => tf.variable(tf.zeros([size]))));
  readonly unreduced = new Set<tf.Variable>();
  readonly #reduction: ShardedReduction;
  readonly #collective: Collective;

  constructor(collective: Collective, bucketBytes: number) {
    const owners = new ParameterOwners(WORLD);
    owners.add(this.parameters);
    this.#reduction = new ShardedReduction({ bucketBytes, owners: () => owners });
    this.#collective = collective;
  }

  /** @param used which parameters the loss reaches */
  backward(amount: number, used = [0, 1, 2]): void {
    this.#reduction.beforeBackward(this.parameters, this.unreduced);
    for (const index of used) {
      const parameter = this.parameters[index];
      if (parameter === undefined) continue;
      const before = gradOf(parameter);
      const own = tf.fill(parameter.shape, amount * (index + 1));
      setGrad(parameter, before === null ? own : tf.add(before, own));
      if (before !== null) own.dispose();
      this.unreduced.add(parameter);
    }
    this.#reduction.afterBackward(this.unreduced);
  }

  /** @param used parameters with a gradient on any rank */
  async reduce(used = [0, 1, 2]): Promise<void> {
    const entries = this.parameters
      .filter((_, index) => used.includes(index))
      .map((parameter) => ({ parameter, gradient: this.unreduced.has(parameter) ? gradOf(parameter) : null }));
    this.unreduced.clear();
    for (const work of this.#reduction.reduce(this.#collective, entries, "")) await work;
  }

  gradients(): (number | undefined)[] {
    return this.parameters.map((parameter) => {
      const values = gradOf(parameter)?.dataSync();
      expect(new Set(values).size).toBeLessThan(2);
      return values?.[0];
    });
  }
}

async function onRanks(bucketBytes: number, body: (rank: Rank, index: number) => Promise<void>): Promise<Rank[]> {
  const ranks = new InProcessCollectives(WORLD).ranks.map((collective) => new Rank(collective, bucketBytes));
  await Promise.all(ranks.map(body));
  return ranks;
}

// The first rank owns the first parameter, the second one the others.
it.each([4, 16, 1000])("leaves each rank the mean of its own, with %i bytes at once", async (bucketBytes) => {
  const ranks = await onRanks(bucketBytes, async (rank, index) => {
    rank.backward(index === 0 ? 1 : 3);
    await rank.reduce();
  });
  expect(ranks.map((rank) => rank.gradients())).toEqual([
    [2, undefined, undefined],
    [undefined, 4, 6],
  ]);
});

it("adds what later backwards bring, reduced at once or together, to what is reduced", async () => {
  const before = tf.memory().numTensors;
  const ranks = await onRanks(16, async (rank, index) => {
    const amount = index === 0 ? 1 : 3;
    rank.backward(amount);
    await rank.reduce();
    rank.backward(10 * amount);
    rank.backward(100 * amount);
    await rank.reduce();
  });
  expect(ranks.map((rank) => rank.gradients())).toEqual([
    [222, undefined, undefined],
    [undefined, 444, 666],
  ]);
  for (const parameter of ranks.flatMap(({ parameters }) => parameters)) {
    setGrad(parameter, null);
    parameter.dispose();
  }
  expect(tf.memory().numTensors).toBe(before);
});

it("keeps what a later backward does not reach, on its owner or on all ranks", async () => {
  const ranks = await onRanks(16, async (rank, index) => {
    rank.backward(1);
    await rank.reduce();
    rank.backward(4, index === 0 ? [] : [0]);
    expect(rank.gradients()[index]).toBe(index === 0 ? 1 : 2);
    await rank.reduce([0]);
  });
  expect(ranks.map((rank) => rank.gradients())).toEqual([
    [3, undefined, undefined],
    [undefined, 2, 3],
  ]);
});

it("forgets what was reduced where the gradients were dropped", async () => {
  const ranks = await onRanks(16, async (rank) => {
    rank.backward(1);
    await rank.reduce();
    rank.backward(1);
    for (const parameter of rank.parameters) setGrad(parameter, null);
    rank.backward(5);
    await rank.reduce();
  });
  expect(ranks.map((rank) => rank.gradients())).toEqual([
    [5, undefined, undefined],
    [undefined, 10, 15],
  ]);
});

it.each([0.5, 1, 2, 3, Infinity, -Infinity, -1, 0])(
  "norms of order %d are put together from those of parts",
  (order) => {
    const values = [3, -4, 0.5, 2, -7];
    const norm = (part: readonly number[]): number => {
      const sizes = part.map(Math.abs);
      if (order === Infinity) return Math.max(...sizes);
      if (order === -Infinity) return Math.min(...sizes);
      if (order === 0) return sizes.length;
      return sizes.reduce((sum, size) => sum + size ** order, 0) ** (1 / order);
    };
    expect(combineNorms([norm(values.slice(0, 2)), norm(values.slice(2))], order)).toBeCloseTo(norm(values), 12);
    expect(combineNorms([1, Number.NaN], order)).toBeNaN();
  },
);
