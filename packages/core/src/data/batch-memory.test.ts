import { TensorBuffer } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { describeOnBackends } from "../backend/describe-on-backends-under-test.js";
import { giveBackBatch } from "../tensor/give-back-batch.js";
import { tf } from "../tensor/tf.js";
import { DataLoader, lendBatches } from "./data-loader.js";
import type { DataLoaderOptions } from "./data-loader-options.js";
import type { HostTensor } from "./host-tensor.js";
import { Subset } from "./subset.js";
import { TensorDataset } from "./tensor-dataset.js";
import { toDevice } from "./to-device.js";

const ROWS = 64;
const WIDTH = 2000;
const features = tf.buffer<tf.Rank.R2>([ROWS, WIDTH], "float32");
features.values.forEach((_, index) => (features.values[index] = index));
const firstOf = (batch: number, batchSize: number): number => batch * batchSize * WIDTH;

const items = Array.from({ length: ROWS }, (_, row) => ({ x: features.values.slice(row * WIDTH, (row + 1) * WIDTH) }));

/** What a batch's first column of numbers is. */
function columnOf(batch: unknown): HostTensor {
  const column: unknown = Object.values(Object(batch))[0];
  if (!(column instanceof TensorBuffer)) throw new Error("a batch without a column");
  return column;
}

/** Goes through a loader as Fabric does. @returns the memory and the first number of each batch on the device */
async function goThrough<TItem, TBatch>(
  loader: DataLoader<TItem, TBatch>,
): Promise<{ buffers: Set<unknown>; firsts: number[] }> {
  const buffers = new Set<unknown>();
  const firsts: number[] = [];
  const batches = lendBatches(loader);
  for (let next = await batches.next(); next.done !== true; next = await batches.next()) {
    const column = columnOf(next.value);
    buffers.add(Reflect.get(column.values, "buffer"));
    const moved = toDevice(column);
    giveBackBatch(batches, next.value);
    giveBackBatch(batches, next.value);
    await Promise.resolve();
    firsts.push(moved.dataSync()[0] ?? Number.NaN);
    moved.dispose();
  }
  return { buffers, firsts };
}

const expected = Array.from({ length: 8 }, (_, batch) => firstOf(batch, 8));

await describeOnBackends("memory of batches that are on the device (%s)", (backend) => {
  const isCopied = backend === "onnxruntime";

  const streamed = Object.assign(
    {
      async *[Symbol.asyncIterator]() {
        yield* items;
      },
    },
    { length: ROWS },
  );
  const part = new Subset(new TensorDataset(features), [...items.keys()]);
  it.each([
    ["a TensorDataset", () => goThrough(new DataLoader(new TensorDataset(features), { batchSize: 8 }))],
    ["a part of one", () => goThrough(new DataLoader(part, { batchSize: 8 }))],
    ["the default collate", () => goThrough(new DataLoader(items, { batchSize: 8 }))],
    ["an iterable dataset", () => goThrough(new DataLoader(streamed, { batchSize: 8 }))],
  ])("is used again (%s)", async (_, go) => {
    const { buffers, firsts } = await go();
    expect(firsts).toEqual(expected);
    expect(buffers.size).toBe(isCopied ? 1 : 8);
  });

  it("holds what is read ahead", async () => {
    const { buffers, firsts } = await goThrough(new DataLoader(items, { batchSize: 8, prefetch: 3 }));
    expect(firsts).toEqual(expected);
    expect(buffers.size).toBe(isCopied ? 4 : 8);
  });

  it("fits where batches have other sizes", async () => {
    const { buffers, firsts } = await goThrough(new DataLoader(items, { batchSize: 24 }));
    expect(firsts).toEqual([0, firstOf(1, 24), firstOf(2, 24)]);
    expect(buffers.size).toBe(isCopied ? 2 : 3);
  });

  it("stays with those who see batches on the host", async () => {
    const seen: HostTensor[] = [];
    const passedOn = async function* () {
      const mine = lendBatches(new DataLoader(items, { batchSize: 8 }));
      for (let next = await mine.next(); next.done !== true; next = await mine.next()) {
        seen.push(columnOf(next.value));
        yield next.value;
      }
    };
    const others = lendBatches(passedOn());
    for (let next = await others.next(); next.done !== true; next = await others.next())
      giveBackBatch(others, next.value);
    expect(seen.map(({ values }) => values[0])).toEqual(expected);
  });

  it("stays with what makes batches itself", async () => {
    const kept: HostTensor[] = [];
    const keeping = (batch: { x: HostTensor } | [HostTensor]) => {
      kept.push(columnOf(batch));
      return batch;
    };
    class Keeping extends TensorDataset<[typeof features]> {
      override getBatch(indices: readonly number[]) {
        const batch = super.getBatch(indices);
        kept.push(columnOf(batch));
        return batch;
      }
    }
    const collate: DataLoaderOptions<(typeof items)[number], { x: HostTensor }>["collate"] = (list) => {
      const x = tf.buffer([list.length, WIDTH], "float32");
      list.forEach((item, row) => x.values.set(item.x, row * WIDTH));
      return { ...keeping({ x }), x };
    };
    const whole = new DataLoader(new Keeping(features), { batchSize: 8 });
    expect((await goThrough(whole)).firsts).toEqual(expected);
    const subset = new DataLoader(new Subset(new Keeping(features), [...items.keys()]), { batchSize: 8 });
    expect((await goThrough(subset)).firsts).toEqual(expected);
    const custom = lendBatches(new DataLoader(items, { batchSize: 8, collate }));
    for (let next = await custom.next(); next.done !== true; next = await custom.next())
      giveBackBatch(custom, next.value);
    expect(kept.map(({ values }) => values[0])).toEqual([...expected, ...expected, ...expected]);
  });

  it.each([
    ["a TensorDataset", () => new TensorDataset(features)],
    ["a part of one", () => new Subset(new TensorDataset(features), [...items.keys()])],
  ])("stays with who has put a getBatch around that of %s", async (_, make) => {
    const dataset = make();
    const { getBatch } = dataset;
    const kept: HostTensor[] = [];
    const spied = (indices: readonly number[]): unknown => {
      const batch: unknown = Reflect.apply(getBatch ?? (() => []), dataset, [indices]);
      kept.push(columnOf(batch));
      return batch;
    };
    Object.assign(dataset, { getBatch: spied });
    expect((await goThrough(new DataLoader(dataset, { batchSize: 8 }))).firsts).toEqual(expected);
    expect(kept.map(({ values }) => values[0])).toEqual(expected);
  });

  it("is asked for from the loader that somebody made of a loader", async () => {
    const kept: HostTensor[] = [];
    class Remembering extends DataLoader<{ x: Float32Array }> {
      override async *[Symbol.asyncIterator]() {
        for await (const batch of new DataLoader(items, { batchSize: 8 })) {
          kept.push(columnOf(batch));
          yield batch;
        }
      }
    }
    expect((await goThrough(new Remembering(items, { batchSize: 8 }))).firsts).toEqual(expected);
    expect(kept.map(({ values }) => values[0])).toEqual(expected);
  });
});
