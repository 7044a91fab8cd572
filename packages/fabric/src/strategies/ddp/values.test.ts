import { tf } from "@lightning-ts/core";
import { expect, it } from "vitest";
import { onDevice, onHost, packValue, TravellingTensor, unpackValue } from "./pack-value.js";
import { reduceValues, stackValues } from "./reduce-values.js";

const travel = async (value: unknown): Promise<unknown> => unpackValue(packValue(await onHost(value)));

it("values come back as they went: numbers, text, tensors of each type, and keys that look like ours", async () => {
  const value = { a: [1, Number.NaN, -0, "x", null, true], $tensor: "float32", $$b: { $number: "NaN" } };
  expect(await travel(value)).toEqual(value);
  expect(await travel(undefined)).toBeUndefined();
  const tensors = [
    tf.tensor1d([1.5, -2]),
    tf.tensor2d([[3], [4]], [2, 1], "int32"),
    tf.tensor1d([true, false, true], "bool"),
  ];
  const back = onDevice(await travel({ tensors, empty: tf.zeros([0, 3]) }));
  expect(back).toMatchObject({
    tensors: [
      { shape: [2], dtype: "float32" },
      { shape: [2, 1], dtype: "int32" },
      { shape: [3], dtype: "bool" },
    ],
    empty: { shape: [0, 3] },
  });
  const [floats, ints, flags] = Object(back).tensors;
  expect([[...floats.dataSync()], [...ints.dataSync()], [...flags.dataSync()]]).toEqual([
    [1.5, -2],
    [3, 4],
    [1, 0, 1],
  ]);
});

it("refuses what cannot travel", async () => {
  await expect(onHost({ text: tf.tensor1d(["a"]) })).rejects.toThrow(/string cannot travel/);
  await expect(travel({ call: () => 1 })).rejects.toThrow(/cannot be written/);
});

it("reduces numbers and tensors part by part, and leaves the rest as this rank has it", () => {
  const of = (rank: number) => ({ n: rank, list: [rank, 10 * rank], who: `rank ${rank}` });
  expect(reduceValues([of(1), of(3)], "mean", 1, "m")).toEqual({ n: 2, list: [2, 20], who: "rank 3" });
  expect(reduceValues([2, 3, 4], "product", 0, "m")).toBe(24);
  expect(reduceValues([2, Number.NaN], "max", 0, "m")).toBeNaN();
  const whole = [1, 2].map((value) => new TravellingTensor(Int32Array.of(value), [1], "int32"));
  expect(reduceValues(whole, "sum", 0, "m")).toMatchObject({ dtype: "int32", values: Int32Array.of(3) });
  expect(reduceValues(whole, "mean", 0, "m")).toMatchObject({ dtype: "float32", values: Float32Array.of(1.5) });
});

it("stacks arrays of numbers and tensors, and collections part by part", () => {
  const tensor = (value: number) => new TravellingTensor(Float32Array.of(value, value), [2], "float32");
  expect(
    stackValues(
      [
        { a: [1, 2], t: tensor(1) },
        { a: [3, 4], t: tensor(2) },
      ],
      0,
      "g",
    ),
  ).toMatchObject({
    a: [
      [1, 2],
      [3, 4],
    ],
    t: { shape: [2, 2], values: Float32Array.of(1, 1, 2, 2) },
  });
  expect(stackValues(["x", "y"], 0, "g")).toEqual(["x", "y"]);
});

it.each([
  [[1, [1]]],
  [[{ a: 1 }, { b: 1 }]],
  [[[1], [1, 2]]],
  [
    [
      new TravellingTensor(new Float32Array(2), [2], "float32"),
      new TravellingTensor(new Float32Array(2), [1, 2], "float32"),
    ],
  ],
])("names the ranks whose values differ in kind", (ranks) => {
  expect(() => reduceValues(ranks, "sum", 0, "my call")).toThrow(/"my call".*rank 0: .*rank 1: /);
});
