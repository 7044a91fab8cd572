import { beforeAll, describe, expect, it } from "vitest";
import { availableBackends } from "../backend/backend-registry.js";
import { resolveBackend } from "../backend/resolve-backend.js";
import { RandomStream } from "../random/random-stream.js";
import { findKernel } from "../tensor/engine-internals/kernels.js";
import { tf } from "../tensor/tf.js";
import { classTally } from "./class-tally.js";
import { labelTally } from "./label-tally.js";
import { runFused } from "./run-fused.js";

const engine = (await availableBackends()).find(({ name }) => name === "onnxruntime");
const { NaN: NAN, POSITIVE_INFINITY: INF } = Number;
const stream = RandomStream.fromSeed(5);
const random = (...shape: number[]): tf.Tensor =>
  tf.tensor(stream.fillNormal(new Float32Array(tf.util.sizeFromShape(shape))), shape);
const ints = (values: readonly number[], shape: readonly number[] = [values.length]): tf.Tensor =>
  tf.tensor([...values], [...shape], "int32");
const cycle = (count: number, classes: number): tf.Tensor =>
  ints(Array.from({ length: count }, (_, i) => (i * 7) % classes));

interface Case {
  readonly what: string;
  readonly preds: () => tf.Tensor;
  readonly target: () => tf.Tensor;
  readonly ignoreIndex?: number;
}

const CLASSES: readonly Case[] = [
  { what: "scores", preds: () => random(9, 3), target: () => cycle(9, 3) },
  { what: "scores of many rows", preds: () => random(700, 3), target: () => cycle(700, 3) },
  { what: "one row", preds: () => random(1, 3), target: () => ints([2]) },
  {
    what: "ties, NaN and infinities",
    preds: () => tf.tensor2d([1, 1, 0, 0, NAN, INF, -INF, -INF, -INF, NAN, NAN, 9], [4, 3]),
    target: () => ints([0, 1, 0, 2]),
  },
  { what: "classes", preds: () => ints([0, 2, 1, 1]), target: () => ints([0, 1, 1, 2]) },
  { what: "classes that there are not", preds: () => ints([-1, 3, 1]), target: () => ints([7, 1, -2]) },
  { what: "rows that do not count", preds: () => random(4, 3), target: () => ints([-1, 1, 2, -1]), ignoreIndex: -1 },
  { what: "a class that does not count", preds: () => ints([0, 0, 1]), target: () => ints([0, 1, 0]), ignoreIndex: 0 },
  { what: "no row that counts", preds: () => random(2, 3), target: () => ints([5, 5]), ignoreIndex: 5 },
];

const LABELS: readonly Case[] = [
  {
    what: "probabilities",
    preds: () => tf.tensor2d([0, 0.5, 0.50001, 1, 0.2, 0.9], [3, 2]),
    target: () => ints([0, 1, 1, 1, 0, 0], [3, 2]),
  },
  { what: "logits", preds: () => random(5, 2), target: () => tf.reshape(cycle(10, 2), [5, 2]) },
  { what: "logits of many rows", preds: () => random(600, 2), target: () => tf.reshape(cycle(1200, 2), [600, 2]) },
  {
    what: "NaN and infinities",
    preds: () => tf.tensor2d([NAN, 0.7, INF, -INF, 0.1, 3], [3, 2]),
    target: () => ints([1, 1, 1, 0, 0, 1], [3, 2]),
  },
  { what: "answers", preds: () => ints([0, 1, 1, 0], [2, 2]), target: () => ints([1, 1, 0, 0], [2, 2]) },
  { what: "answers that there are not", preds: () => ints([3, -1], [1, 2]), target: () => ints([2, 1], [1, 2]) },
  {
    what: "labels that do not count",
    preds: () => random(3, 2),
    target: () => ints([1, -1, -1, 0, 1, 0], [3, 2]),
    ignoreIndex: -1,
  },
];

const states = (classes: number, isRanged: boolean): { tally: tf.Tensor; range?: tf.Tensor } => {
  const tally = ints(
    Array.from({ length: 4 * classes }, (_, i) => i),
    [4, classes],
  );
  return isRanged ? { tally, range: tf.tensor1d([1, -INF, 0, 0]) } : { tally };
};

describe.skipIf(engine?.availability.isAvailable !== true)("tallies (skipped where the engine is missing)", () => {
  beforeAll(async () => {
    await resolveBackend("onnxruntime");
  });

  it.each(
    [true, false].flatMap((isRanged) => [1, 2].flatMap((topK) => CLASSES.map((one) => ({ ...one, isRanged, topK })))),
  )(
    "lit.ClassTally of $what, topK $topK, with a range: $isRanged, equals its composite",
    ({ preds, target, ignoreIndex, isRanged, topK }) => {
      expect(findKernel("lit.ClassTally")).toBeDefined();
      tf.tidy(() => {
        const inputs = { preds: preds(), target: target(), ...states(3, isRanged) };
        const attrs = { topK, ignores: ignoreIndex !== undefined, ignoreIndex: ignoreIndex ?? 0 };
        expectSame(runFused(classTally, inputs, attrs), classTally.composite(inputs, attrs));
      });
    },
  );

  it("lit.ClassTally of a single class equals its composite", () => {
    tf.tidy(() => {
      const inputs = { preds: random(4, 1), target: ints([0, 0, 1, 0]), ...states(1, true) };
      const attrs = { topK: 1, ignores: false, ignoreIndex: 0 };
      expectSame(runFused(classTally, inputs, attrs), classTally.composite(inputs, attrs));
    });
  });

  it.each([true, false].flatMap((isRanged) => LABELS.map((one) => ({ ...one, isRanged }))))(
    "lit.LabelTally of $what, with a range: $isRanged, equals its composite",
    ({ preds, target, ignoreIndex, isRanged }) => {
      expect(findKernel("lit.LabelTally")).toBeDefined();
      tf.tidy(() => {
        const inputs = { preds: preds(), target: target(), ...states(2, isRanged) };
        const attrs = { threshold: 0.5, ignores: ignoreIndex !== undefined, ignoreIndex: ignoreIndex ?? 0 };
        expectSame(runFused(labelTally, inputs, attrs), labelTally.composite(inputs, attrs));
      });
    },
  );
});

function expectSame(fused: tf.Tensor[], composite: tf.Tensor[]): void {
  const described = (tensors: tf.Tensor[]) =>
    tensors.map((one) => ({ shape: one.shape, dtype: one.dtype, values: [...one.dataSync()].map((x) => x + 0) }));
  expect(described(fused)).toEqual(described(composite));
}
