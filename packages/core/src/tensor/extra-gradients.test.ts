import { beforeAll, describe, expect, it } from "vitest";
import { grad } from "../autograd/grad.js";
import { Parameter } from "../autograd/parameter.js";
import { backendsUnderTest } from "../backend/backends-under-test.js";
import { resolveBackend } from "../backend/resolve-backend.js";
import { RandomStream } from "../random/random-stream.js";
import { tensorScope } from "./tensor-scope.js";
import { tf } from "./tf.js";

interface Case {
  readonly name: string;
  readonly shapes: readonly (readonly number[])[];
  readonly apply: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
}

const indices = (): tf.Tensor2D =>
  tf.tensor2d(
    [
      [0, 1],
      [2, 0],
      [0, 1],
    ],
    [3, 2],
    "int32",
  );

const CASES: readonly Case[] = [
  {
    name: "einsum ij,jk->ik",
    shapes: [
      [2, 3],
      [3, 4],
    ],
    apply: (a, b) => tf.einsum("ij,jk->ik", a, b),
  },
  {
    name: "einsum bhqd,bhkd->bhqk",
    shapes: [
      [1, 2, 3, 2],
      [1, 2, 2, 2],
    ],
    apply: (a, b) => tf.einsum("bhqd,bhkd->bhqk", a, b),
  },
  { name: "einsum ij->ji", shapes: [[2, 3]], apply: (a) => tf.einsum("ij->ji", a) },
  { name: "einsum ij->i", shapes: [[2, 3]], apply: (a) => tf.einsum("ij->i", a) },
  { name: "gatherND", shapes: [[3, 2]], apply: (a) => tf.gatherND(a, indices()) },
  { name: "scatterND", shapes: [[3]], apply: (a) => tf.scatterND(indices(), a, [3, 2]) },
  { name: "topk", shapes: [[2, 5]], apply: (a) => tf.topk(a, 2).values },
  { name: "topk of one", shapes: [[3, 1]], apply: (a) => tf.topk(a, 1).values },
  {
    name: "depthToSpace",
    shapes: [[1, 2, 2, 8]],
    apply: (a) => tf.depthToSpace(tf.reshape<tf.Rank.R4>(a, [1, 2, 2, 8]), 2),
  },
];

describe.each(await backendsUnderTest())("gradients that tfjs lacks, on %s", (backend) => {
  beforeAll(async () => {
    await resolveBackend(backend);
  });

  it.each(CASES)("$name, as finite differences say", ({ name, shapes, apply }) => {
    const stream = RandomStream.fromSeed(1, name);
    const parameters = shapes.map((shape) =>
      Parameter.fromData(stream.fillNormal(new Float32Array(tf.util.sizeFromShape([...shape]))), shape),
    );
    const [a, b = a] = parameters;
    if (a === undefined || b === undefined) throw new Error("a case has an input");
    const loss = (): tf.Tensor => tf.sum(tf.sin(apply(a, b)));
    const value = (): number => {
      using _scope = tensorScope();
      return loss().dataSync()[0] ?? Number.NaN;
    };
    const numeric = parameters.map((parameter) => {
      const values = Float32Array.from(parameter.dataSync());
      return Array.from(values, (at, i) => {
        parameter.setData(values.with(i, at + 1e-2));
        const above = value();
        parameter.setData(values.with(i, at - 1e-2));
        const slope = (above - value()) / 2e-2;
        parameter.setData(values);
        return slope;
      });
    });
    using _scope = tensorScope();
    grad(loss(), parameters).forEach((gradient, i) => {
      [...(gradient?.dataSync() ?? [])].forEach((slope, j) =>
        expect(slope).toBeCloseTo(numeric[i]?.[j] ?? Number.NaN, 2),
      );
    });
  });
});
