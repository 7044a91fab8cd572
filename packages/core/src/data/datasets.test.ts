import { buffer, tensor1d } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { resolveBackend } from "../backend/resolve-backend.js";
import { seedEverything } from "../random/global-random.js";
import { ArrayDataset } from "./array-dataset.js";
import { ConcatDataset } from "./concat-dataset.js";
import { DataLoader } from "./data-loader.js";
import { Subset, randomSplit } from "./subset.js";
import { TensorDataset } from "./tensor-dataset.js";

beforeAll(async () => {
  await resolveBackend("cpu");
});

const images = buffer([3, 2], "float32", Float32Array.of(0, 1, 10, 11, 20, 21));
const labels = Int32Array.of(7, 8, 9);

describe("TensorDataset", () => {
  it("gives rows as items and gathers a batch", () => {
    const dataset = new TensorDataset(images, labels);
    expect(dataset.length).toBe(3);
    const [image, label] = dataset.get(1);
    expect([[...image.values], image.shape, label.values[0], label.shape]).toEqual([[10, 11], [2], 8, []]);
    const [x, y] = dataset.getBatch([2, 0]);
    expect([x.dtype, x.shape, [...x.values]]).toEqual(["float32", [2, 2], [20, 21, 0, 1]]);
    expect([y.dtype, y.shape, [...y.values]]).toEqual(["int32", [2], [9, 7]]);
  });

  it("makes the same batches with and without its own gathering", async () => {
    const dataset = new TensorDataset(
      images,
      labels,
      Uint8Array.of(1, 2, 255),
      buffer([3], "string", ["a", "b", "c"]),
      buffer([3], "bool", Uint8Array.of(1, 0, 1)),
    );
    const perItem = { length: dataset.length, get: (index: number) => dataset.get(index) };
    for await (const gathered of new DataLoader(dataset, { batchSize: 3 })) {
      for await (const collated of new DataLoader(perItem, { batchSize: 3 })) expect(gathered).toEqual(collated);
    }
  });

  it("copies: a changed batch leaves the dataset as it was", () => {
    const dataset = new TensorDataset(images);
    dataset.getBatch([0])[0].values.fill(-1);
    expect([...dataset.get(0)[0].values]).toEqual([0, 1]);
  });

  it("refuses columns of different lengths, tensors of a device, and indices outside", () => {
    expect(() => new TensorDataset(images, Int32Array.of(1))).toThrow("Received first dimensions 3, 1");
    const onDevice = tensor1d([1]);
    // @ts-expect-error tensors of a device are no host data
    expect(() => new TensorDataset(onDevice)).toThrow("Received a tf.Tensor. Try: await tensor.buffer()");
    onDevice.dispose();
    expect(() => new TensorDataset(images).get(3)).toThrow("Expected an integer from 0 to 2");
    expect(() => new TensorDataset(images).getBatch([0, -1])).toThrow("Received -1");
  });
});

describe("Subset", () => {
  it("shows the chosen items and gathers through the dataset", async () => {
    const subset = new Subset(new TensorDataset(labels), [2, 1]);
    expect(subset.length).toBe(2);
    for await (const [batch] of new DataLoader(subset, { batchSize: 2 })) expect([...batch.values]).toEqual([9, 8]);
    expect(new Subset(new ArrayDataset(["a", "b"]), [1]).get(0)).toBe("b");
    expect(() => subset.get(2)).toThrow("no item");
    expect(() => new Subset(new ArrayDataset([1]), [5])).toThrow("no item");
  });
});

describe("randomSplit", () => {
  const dataset = new ArrayDataset(Array.from({ length: 10 }, (_, i) => i));

  it("splits by counts, without overlap, and the same way for the same seed", () => {
    const split = () => randomSplit(dataset, [7, 3], { seed: 5 }).map((part) => part.indices);
    const [a = [], b = []] = split();
    expect([a.length, b.length]).toEqual([7, 3]);
    expect([...a, ...b].sort((x, y) => x - y)).toEqual(Array.from({ length: 10 }, (_, i) => i));
    expect(split()).toEqual([a, b]);
  });

  it("follows seedEverything without a seed of its own", () => {
    const split = () => {
      seedEverything(2);
      return randomSplit(dataset, [5, 5]).map((part) => part.indices);
    };
    expect(split()).toEqual(split());
  });

  it("splits by fractions as torch does: floors, then one more for the first parts", () => {
    expect(randomSplit(dataset, [0.33, 0.33, 0.34]).map((part) => part.length)).toEqual([4, 3, 3]);
    expect(randomSplit(dataset, [1]).map((part) => part.length)).toEqual([10]);
  });

  it("refuses lengths that do not add up", () => {
    expect(() => randomSplit(dataset, [5, 4])).toThrow("add up to 10");
    expect(() => randomSplit(dataset, [0.5, 0.4])).toThrow("add up to 1");
  });
});

it("joins datasets one after another", () => {
  const joined = new ConcatDataset([new ArrayDataset([1, 2]), new ArrayDataset<number>([]), new ArrayDataset([3])]);
  expect(Array.from({ length: joined.length }, (_, i) => joined.get(i))).toEqual([1, 2, 3]);
  expect(() => joined.get(3)).toThrow("no item");
  expect(() => joined.get(-1)).toThrow("no item");
});

it("keeps undefined items of an array apart from missing ones", () => {
  expect(new ArrayDataset([undefined]).get(0)).toBeUndefined();
  expect(() => new ArrayDataset([1]).get(1)).toThrow("no item");
});
