import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import type { GraphRunner } from "../contract/graph-runner.js";
import { BACKEND_NAME } from "../register-onnxruntime.js";
import { JavaScriptRunner } from "../devices/javascript/javascript-runner.js";
import { openGraphRunner } from "../devices/open-graph-runner.js";
import { startBackend } from "../testing/start-backend.js";

const THREADS = 4;

type Case = readonly [name: string, compute: () => tf.Tensor];

function noise(shape: number[]): tf.Tensor {
  return tf.mul(tf.randomNormal(shape, 0, 1, "float32", 5), tf.pow(2, tf.randomUniform(shape, -20, 20, "float32", 6)));
}

function ids(count: number, rows: number): tf.Tensor1D {
  return tf.tensor1d(
    Int32Array.from({ length: count }, (_, i) => (Math.imul(i, 2654435761) >>> 7) % rows),
    "int32",
  );
}

const embedding =
  (count: number, width: number, rows: number, paddingIndex = -1) =>
  () =>
    tf
      .engine()
      .runKernel<tf.Tensor>(
        "lit.EmbeddingGrad",
        { dy: noise([count, width]), indices: ids(count, rows) },
        { rows, paddingIndex },
      );
const segments = (count: number, width: number, rows: number) => () =>
  tf.unsortedSegmentSum(noise([count, width]), tf.cast(tf.sub(ids(count, rows + 3), 2), "int32"), rows);
const pairs = (count: number) =>
  tf.stack([ids(count, 6), tf.cast(tf.mod(tf.range(0, count, 1, "int32"), 5), "int32")], 1);

const CASES: readonly Case[] = [
  ["the gradient of a small embedding", embedding(20, 3, 5, 1)],
  ["the gradient of an embedding of 65 rows", embedding(4096, 48, 65)],
  ["the gradient of an embedding with a padding row", embedding(9000, 24, 500, 3)],
  ["the gradient of wide rows", embedding(200, 520, 700, 0)],
  ["sums of few segments", segments(33, 3, 4)],
  ["sums of segments, some of them outside", segments(9000, 16, 40)],
  ["sums of numbers", segments(70_000, 1, 11)],
  ["scatterND of slices", () => tf.scatterND(pairs(3000), noise([3000, 8]), [6, 5, 8])],
  ["scatterND of a few numbers", () => tf.scatterND(pairs(30), noise([30]), [6, 5])],
  ["scatterND of integers", () => tf.scatterND(pairs(90_000), tf.range(0, 90_000, 1, "int32"), [6, 5])],
  [
    "scatterND of integers in slices",
    () => tf.scatterND(pairs(500), tf.reshape(tf.range(0, 50_000, 1, "int32"), [500, 100]), [6, 5, 100]),
  ],
];

async function onRunner<T>(runner: GraphRunner, body: () => T | Promise<T>): Promise<T> {
  await startBackend({ runner });
  try {
    return await body();
  } finally {
    tf.removeBackend(BACKEND_NAME);
    await runner.close();
  }
}

function results(repetitions: number): Map<string, number[][]> {
  return new Map(
    CASES.map(([name, compute]) => [
      name,
      Array.from({ length: repetitions }, () => tf.tidy(() => [...compute().dataSync()])),
    ]),
  );
}

it("a graph and a program have the same bits, run after run", async () => {
  const programs = await onRunner(openGraphRunner({ threads: THREADS }), () => results(3));
  const graphs = await onRunner(new JavaScriptRunner({ threads: THREADS }), () => results(1));
  for (const [name] of CASES) {
    const [want] = graphs.get(name) ?? [];
    expect(
      want?.some((value) => value !== 0),
      name,
    ).toBe(true);
    for (const got of programs.get(name) ?? [])
      expect(
        got.findIndex((value, i) => !Object.is(value, want?.[i])),
        name,
      ).toBe(-1);
  }
});

it("of several updates of a place the last one wins", () =>
  onRunner(openGraphRunner({ threads: THREADS }), async () => {
    const count = 60_000;
    const rows = 1000;
    const [positions, order] = [ids(count, rows), tf.range(0, count)];
    const last = new Float32Array(rows).fill(-1);
    (await positions.array()).forEach((row, i) => (last[row] = i));
    const column = (tensor: tf.Tensor, width = 1) => [...tensor.dataSync()].filter((_, i) => i % width === 0);
    for (let repetition = 0; repetition < 5; repetition += 1) {
      const width = 16;
      const slices = tf.tile(tf.reshape(order, [count, 1]), [1, width]);
      const updated = tf.tensorScatterUpdate(tf.fill([rows, width], -1), tf.reshape(positions, [count, 1]), slices);
      expect(column(updated, width)).toEqual([...last]);
      expect(tf.all(tf.equal(updated, tf.slice(updated, [0, 0], [rows, 1]))).dataSync()[0]).toBe(1);
      expect(column(tf.sparseToDense(positions, order, [rows], -1))).toEqual([...last]);
      const flags = tf.tensorScatterUpdate(
        tf.zeros([rows], "bool"),
        tf.reshape(positions, [count, 1]),
        tf.cast(tf.mod(order, 2), "bool"),
      );
      expect(column(flags)).toEqual([...last].map((position) => (position > 0 ? position % 2 : 0)));
    }
    expect(
      column(tf.tensorScatterUpdate(tf.zeros([3]), tf.tensor2d([[1], [1]], [2, 1], "int32"), tf.tensor1d([5, 6]))),
    ).toEqual([0, 6, 0]);
  }));

it("an index outside of the table is an error that names the op", () =>
  onRunner(openGraphRunner({ threads: THREADS }), () => {
    for (const bad of [65, -1]) {
      for (const count of [8, 4096]) {
        const indices = () => tf.concat([tf.zeros([count - 1], "int32"), tf.tensor1d([bad], "int32")]);
        const calls: Record<string, () => tf.Tensor> = {
          "lit.EmbeddingGrad": () =>
            tf
              .engine()
              .runKernel<tf.Tensor>(
                "lit.EmbeddingGrad",
                { dy: tf.ones([count, 32]), indices: indices() },
                { rows: 65, paddingIndex: -1 },
              ),
          ScatterNd: () => tf.scatterND(tf.reshape(indices(), [count, 1]), tf.ones([count, 32]), [65, 32]),
          TensorScatterUpdate: () =>
            tf.tensorScatterUpdate(tf.zeros([65, 32]), tf.reshape(indices(), [count, 1]), tf.ones([count, 32])),
          SparseToDense: () => tf.sparseToDense(indices(), tf.ones([count]), [65], 0),
        };
        for (const [name, compute] of Object.entries(calls)) {
          expect(() => tf.tidy(() => compute().dataSync()), `${name}, ${count} updates, ${bad}`).toThrow(
            new RegExp(`^${name}.*one of its indices is out of range`),
          );
        }
      }
    }
  }));
