import "@tensorflow/tfjs-backend-cpu";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { grad } from "../autograd/grad.js";
import { resolveBackend } from "../backend/resolve-backend.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import { slogdet } from "./slogdet.js";

interface Recorded {
  readonly shape: number[];
  readonly values: (number | string)[];
}
interface Fixture {
  readonly cases: readonly {
    readonly name: string;
    readonly matrix: Recorded;
    readonly sign: Recorded;
    readonly logarithm: Recorded;
    readonly first?: Recorded;
    readonly second?: Recorded;
  }[];
}

/** What PyTorch gave: `tests/parity/record_slogdet.py`. */
const { cases }: Fixture = JSON.parse(readFileSync(new URL("fixtures/slogdet.json", import.meta.url), "utf8"));

/** Float32, eliminated in another order than LAPACK's, beside the largest value. */
function expectClose(actual: tf.Tensor | null | undefined, expected: Recorded | undefined, tolerance: number): void {
  if (expected === undefined) return;
  expect(actual?.shape).toEqual(expected.shape);
  const values = [...(actual?.dataSync() ?? [])];
  const wanted = expected.values.map(Number);
  const largest = Math.max(1, ...wanted.filter(Number.isFinite).map(Math.abs));
  wanted.forEach((value, i) => {
    if (Number.isFinite(value)) expect(Math.abs((values[i] ?? Number.NaN) - value)).toBeLessThan(tolerance * largest);
    else expect(values[i]).toBe(value);
  });
}

describe.each(["cpu", "onnxruntime"])("on %s, slogdet", (backend) => {
  it.each(cases)("gives PyTorch's numbers and derivatives: $name", async (recorded) => {
    await resolveBackend(backend);
    using _scope = tensorScope();
    const matrix = tf.tensor(recorded.matrix.values.map(Number), recorded.matrix.shape);
    const [sign, logarithm] = slogdet(matrix);
    expectClose(sign, recorded.sign, 1e-6);
    expectClose(logarithm, recorded.logarithm, 1e-5);
    if (recorded.first === undefined) return;
    const weights = tf.reshape(tf.range(1, 1 + logarithm.size), logarithm.shape);
    const [first] = grad(tf.sum(tf.mul(logarithm, weights)), [matrix], { createGraph: true });
    expectClose(first, recorded.first, 1e-4);
    const [second] = grad(tf.sum(tf.square(first ?? logarithm)), [matrix]);
    expectClose(second, recorded.second, 2e-4);
  });
});

it("names what is no square matrix", () => {
  expect(() => slogdet(tf.ones([2, 3]))).toThrow(/Expected float32 \[\.\.\., n, n\].*Received float32 \[2, 3\]/s);
  expect(() => slogdet(tf.ones([2]))).toThrow(/Received float32 \[2\]/);
});
