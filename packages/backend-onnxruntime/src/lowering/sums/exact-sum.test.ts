import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { OnnxGraph } from "../../graph/onnx-graph.js";
import { largestError, referenceSums, repeatedValues } from "../../testing/reference-sums.js";
import { startBackend } from "../../testing/start-backend.js";
import { exactMean, exactSum } from "./exact-sum.js";

beforeAll(async () => {
  await startBackend({ threads: 2 });
});

/** Equal numbers drift most, because every rounding goes the same way; the others are as they come. */
const VALUES: readonly (readonly [kind: string, take: (count: number) => Float32Array<ArrayBuffer>])[] = [
  ["equal", repeatedValues(() => 0.7)],
  ["positive", repeatedValues((i) => Math.abs(Math.sin(i * 12.9898)))],
  ["of both signs", repeatedValues((i) => Math.sin(i * 78.233))],
];

const CASES: readonly (readonly [shape: number[], axes: number[]])[] = [
  [[300_000], [0]],
  [[299_993], [0]],
  [[2 * 100_003], [0]],
  [[40_000, 8], [0]],
  [[8, 40_000], [1]],
  [[300, 1009], [1]],
  [[301, 1009], [1]],
  [[40, 4099], [1]],
  [[16, 131_101], [1]],
  [[32, 1009, 6], [1]],
  [[500, 257, 3], [1]],
  [[100, 8, 1009], [2]],
  [
    [96, 1511, 2],
    [1, 2],
  ],
  [
    [197, 4, 512],
    [0, 2],
  ],
  [[20_011, 16], [0]],
  [[3, 20_011, 5], [1]],
  [
    [2, 3, 50_000],
    [0, 2],
  ],
  [
    [3, 20_000, 2, 3],
    [0, 2],
  ],
  [[2000, 30, 3], [1]],
  [
    [40, 3, 33, 5, 9],
    [0, 2, 4],
  ],
  [
    [40, 6, 3, 50, 3],
    [1, 3],
  ],
];

describe.each(VALUES)("sums and means of numbers that are %s", (_, take) => {
  it.each(CASES)("over %j along %j are within 1e-6 of the sum of magnitudes", (shape, axes) => {
    const values = take(shape.reduce((product, extent) => product * extent, 1));
    const wanted = referenceSums(values, shape, axes);
    const terms = axes.reduce((product, axis) => product * (shape[axis] ?? 1), 1);
    tf.tidy(() => {
      const x = tf.tensor(values, shape);
      expect(largestError(tf.sum(x, axes).dataSync(), wanted)).toBeLessThan(1e-6);
      expect(largestError(tf.mean(x, axes, true).dataSync(), wanted, terms)).toBeLessThan(1e-6);
    });
  });
});

it("infinities, NaN and whole numbers stay what they are in long sums", () => {
  tf.tidy(() => {
    const long = (special: readonly number[]) =>
      tf.tile(
        tf.reshape(tf.concat([tf.ones([100_003]), tf.tensor1d([...special]), tf.ones([100_003])]), [-1, 1]),
        [1, 2],
      );
    expect([...tf.sum(long([Number.POSITIVE_INFINITY]), 0).dataSync()]).toEqual([
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
    expect([...tf.sum(long([Number.NEGATIVE_INFINITY]), 0).dataSync()]).toEqual([
      Number.NEGATIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ]);
    expect([...tf.sum(long([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]), 0).dataSync()]).toEqual([
      Number.NaN,
      Number.NaN,
    ]);
    expect([...tf.mean(long([Number.NaN])).dataSync()]).toEqual([Number.NaN]);
    expect(tf.sum(tf.fill([100_003], 20_001, "int32")).dataSync()[0]).toBe(100_003 * 20_001);
  });
});

it("neighbouring sums that share blocks keep infinities and NaN to themselves", () => {
  const [rows, length] = [256, 1009];
  const specials = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
  const values = new Float32Array(rows * length).fill(0.5);
  const expected = new Float32Array(rows).fill(length / 2);
  specials.forEach((special, k) => {
    // The first and the last term of a row lie in blocks of its neighbours too.
    for (const [row, term] of [
      [3 + 20 * k, 0],
      [10 + 20 * k, length - 1],
      [16 + 20 * k, 500],
    ] as const) {
      values[row * length + term] = special;
      expected[row] = special;
    }
  });
  tf.tidy(() => {
    expect(tf.sum(tf.tensor2d(values, [rows, length]), 1).dataSync()).toEqual(expected);
    const columns = tf.transpose(tf.reshape(tf.tensor2d(values, [rows, length]), [64, 4, length]), [0, 2, 1]);
    expect(tf.sum(columns, 1).dataSync()).toEqual(expected);
  });
});

/** Nodes of the graph of one reduction. */
function nodeTypes(shape: number[], axes: number[], reduce = exactSum): string[] {
  const graph = new OnnxGraph();
  const sum = reduce(graph, graph.input("float32", shape), axes);
  return graph.finish([sum]).nodes.map(({ type }) => type);
}

describe("the graph of a sum", () => {
  it.each([
    [[512], [0]],
    [[64, 10], [1]],
    [
      [4, 3, 100],
      [1, 2],
    ],
    [[64, 10], [0]],
    [[1, 12, 1, 40], [1]],
  ])("of a small %j along %j is one node", (shape, axes) => {
    expect(nodeTypes(shape, axes)).toEqual(["ReduceSum"]);
    expect(nodeTypes(shape, axes, exactMean)).toEqual(["ReduceMean"]);
  });

  it("over an awkward length copies only the blocks that two sums share", () => {
    for (const [shape, axes] of [
      [[1024, 1009], [1]],
      [[128, 4099], [1]],
      [[32, 1009, 16], [1]],
    ] as const) {
      expect(nodeTypes([...shape], [...axes])).toContain("Trilu");
      expect(nodeTypes([...shape], [...axes])).not.toContain("Slice");
    }
    expect(nodeTypes([64, 197, 32], [1])).toEqual(["MatMul"]);
  });

  it("over several separate axes or a middle one holds no reduction whose order depends on the number of threads", () => {
    for (const [shape, axes] of [
      [[2, 8, 4], [1]],
      [
        [4, 8, 4],
        [0, 2],
      ],
      [
        [16, 8, 400],
        [0, 2],
      ],
    ] as const) {
      expect(nodeTypes([...shape], [...axes]).filter((type) => type.startsWith("Reduce")).length).toBeLessThan(2);
      expect(nodeTypes([...shape], [...axes])).toContain("MatMul");
    }
  });
});
