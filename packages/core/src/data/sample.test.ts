import { describe, expect, it } from "vitest";
import { seedEverything } from "../random/global-random.js";
import { RandomStream } from "../random/random-stream.js";
import { ConcatDataset } from "./concat-dataset.js";
import { DataLoader } from "./data-loader.js";
import type { DataLoaderOptions } from "./data-loader-options.js";
import type { Dataset } from "./dataset.js";
import type { Sample } from "./sample.js";
import { StackDataset } from "./stack-dataset.js";
import { Subset } from "./subset.js";

/** Items of which each is a random number, at once or later. */
const noise = (isLater = false): Dataset<number> => ({
  length: 8,
  get(index: number, sample?: Sample) {
    const draw = (): number => sample?.random.uniform() ?? -1;
    if (!isLater) return draw();
    return new Promise((resolve) => setTimeout(() => resolve(draw()), (index * 5) % 7));
  },
});

async function epoch(loader: DataLoader<number>): Promise<number[]> {
  const values: number[] = [];
  for await (const batch of loader) values.push(...batch.values);
  return values;
}

const load = (options: DataLoaderOptions<number, never> = {}, isLater = false): DataLoader<number> =>
  new DataLoader<number>(noise(isLater), { batchSize: 1, ...options, collate: undefined });

describe("the random numbers of an item", () => {
  it("depend on the seed, the epoch and the item alone", async () => {
    seedEverything(1);
    const loader = load();
    const [first, second] = [await epoch(loader), await epoch(loader)];
    expect(new Set([...first, ...second]).size).toBe(16);
    RandomStream.named("anything").uniform();
    expect(await epoch(load({ batchSize: 3 }))).toEqual(first);
    expect(await epoch(load({ batchSize: 4, prefetch: 2 }, true))).toEqual(first);
    const shuffled = await epoch(load({ shuffle: true, seed: 5 }));
    expect(shuffled).not.toEqual(first);
    expect(Float32Array.from(shuffled).sort()).toEqual(Float32Array.from(first).sort());
    seedEverything(2);
    expect(await epoch(load())).not.toEqual(first);
  });

  it("are the same after a position was restored, also where batches were read ahead", async () => {
    seedEverything(1);
    const whole = await epoch(load({ batchSize: 2 }));
    const loader = load({ batchSize: 2, prefetch: 3 });
    for await (const batch of loader) if (batch.values[0] === whole[2]) break;
    const resumed = load({ batchSize: 2 });
    resumed.restore(loader.state());
    expect(await epoch(resumed)).toEqual(whole.slice(4));
  });

  it("reach the datasets inside others", async () => {
    seedEverything(1);
    const [whole, inside] = [await epoch(load()), new Subset(new ConcatDataset([noise(), noise()]), [0, 1, 9])];
    expect(await epoch(new DataLoader(inside))).toEqual(whole.slice(0, 3));
    const both = new DataLoader(new StackDataset([noise(), noise(true)]));
    for await (const [now, later] of both) expect(now.values[0]).not.toBe(later.values[0]);
  });

  it("are not there for who asks a dataset directly", () => {
    expect(noise().get(3)).toBe(-1);
  });
});
