import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { backward } from "../autograd/backward.js";
import { backendsUnderTest } from "../backend/backends-under-test.js";
import { resolveBackend } from "../backend/resolve-backend.js";
import * as nn from "../nn/index.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import { SparseAdam } from "./sparse-adam.js";
import { describeRecordedSteps, type RecordedSteps } from "./testing/describe-recorded-steps.js";

const recorded: RecordedSteps = JSON.parse(
  readFileSync(new URL("./fixtures/sparse-adam-steps.json", import.meta.url), "utf8"),
);

for (const backend of await backendsUnderTest()) describeRecordedSteps(recorded, backend);

describe("a table that SparseAdam trains", () => {
  beforeAll(async () => void (await resolveBackend("cpu")));

  it("moves in the rows that a batch asked for, and in no others, however often they moved before", () => {
    const table = new nn.Embedding(5, 3, { paddingIdx: 0 });
    const optimizer = new SparseAdam(table.parameters(), { lr: 0.1 });
    const step = (...rows: number[]): number[] => {
      using _scope = tensorScope();
      const before = table.weight.arraySync() as number[][];
      optimizer.zeroGrad();
      backward(tf.sum(tf.square(table.forward(tf.tensor1d(rows, "int32")))));
      optimizer.step();
      const after = table.weight.arraySync() as number[][];
      return after.flatMap((row, i) => (row.join() === before[i]?.join() ? [] : [i]));
    };
    expect(step(1, 2, 2)).toEqual([1, 2]);
    expect(step(3, 0)).toEqual([3]);
    expect(step(2)).toEqual([2]);
    expect(optimizer.stateDict().state["0"]?.["step"]).toBe(3);
    optimizer.dispose();
    table.dispose();
  });
});

describe("sparse gradients", () => {
  const indices = () => tf.tensor1d([0, 1], "int32");
  const asked = (value: unknown): never => ({ sparse: value }) as never;

  it.each<[string, (sparse: never) => unknown]>([
    ["nn.Embedding", (options) => new nn.Embedding(3, 2, options)],
    ["nn.EmbeddingBag", (options) => new nn.EmbeddingBag(3, 2, options)],
    ["nn.Embedding", (options) => nn.Embedding.fromPretrained(tf.ones([3, 2]), options)],
    ["nn.EmbeddingBag", (options) => nn.EmbeddingBag.fromPretrained(tf.ones([3, 2]), options)],
    ["embedding", (options) => nn.functional.embedding(indices(), tf.ones([3, 2]), options)],
    ["embeddingBag", (options) => nn.functional.embeddingBag(tf.reshape(indices(), [1, 2]), tf.ones([3, 2]), options)],
  ])("are refused by %s with the reason and a way on; false, which is PyTorch's default, is none", (name, run) => {
    expect(() => run(asked(false))).not.toThrow();
    for (const value of [true, null, 1])
      expect(() => run(asked(value))).toThrow(
        new RegExp(`^${name} has no sparse gradients: .*dense tensor.*leave it out.*optim\\.SparseAdam`),
      );
  });
});
