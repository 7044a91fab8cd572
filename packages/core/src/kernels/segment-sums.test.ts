import { beforeAll, describe, expect, it } from "vitest";
import { backward } from "../autograd/backward.js";
import { Parameter } from "../autograd/parameter.js";
import { availableBackends } from "../backend/backend-registry.js";
import { resolveBackend } from "../backend/resolve-backend.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import { embeddingGrad } from "./embedding.js";
import { runFusedSingle } from "./run-fused.js";
import "./segment-sums.js";

const found = await availableBackends();
const backends = found.flatMap(({ name, availability }) => (availability.isAvailable ? [name] : []));

describe.each(backends)("sums of segments (%s)", (backend) => {
  beforeAll(async () => {
    await resolveBackend(backend);
  });

  it("are those of each segment's values, in any order, without those of none", () => {
    using _scope = tensorScope();
    const x = tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [5, 2]);
    const sums = tf.unsortedSegmentSum(x, tf.tensor1d([2, 0, 2, -1, 0], "int32"), 4);
    expect([sums.shape, sums.dtype]).toEqual([[4, 2], "float32"]);
    expect([...sums.dataSync()]).toEqual([12, 14, 0, 0, 6, 8, 0, 0]);
    const none = tf.unsortedSegmentSum(tf.tensor1d([]), tf.tensor1d([], "int32"), 2);
    expect([...none.dataSync()]).toEqual([0, 0]);
  });

  it("keep an infinite value in its own segment", () => {
    using _scope = tensorScope();
    const x = tf.tensor1d([Number.POSITIVE_INFINITY, 1, Number.NaN, 2]);
    const sums = tf.unsortedSegmentSum(x, tf.tensor1d([0, 1, 2, 1], "int32"), 3);
    expect([...sums.dataSync()]).toEqual([Number.POSITIVE_INFINITY, 3, Number.NaN]);
  });

  it("cost as much as there are values, in the gradients of wide tables", () => {
    const rows = 300_000;
    const table = Parameter.fromData(new Float32Array(rows * 2), [rows, 2]);
    using _scope = tensorScope();
    const indices = tf.tensor1d([rows - 1, 7, rows - 1], "int32");
    backward(tf.gather(table, indices).sum());
    const ends = table.grad?.slice([rows - 2, 0], [2, 2]).dataSync() ?? [];
    expect([...ends]).toEqual([0, 0, 2, 2]);
    const grad = runFusedSingle(embeddingGrad, { dy: tf.ones([3, 2]), indices }, { rows, paddingIndex: -1 });
    expect([...grad.slice([7, 0], [2, 2]).dataSync()]).toEqual([1, 1, 0, 0]);
    table.dispose();
  });
});
