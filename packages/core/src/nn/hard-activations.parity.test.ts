import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { grad } from "../autograd/grad.js";
import { describeOnBackends } from "../backend/describe-on-backends-under-test.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import * as F from "./functional/index.js";

interface Recorded {
  readonly x: string;
  readonly dys: string;
  readonly cases: Readonly<Record<string, { readonly y: string; readonly gradients: readonly string[] }>>;
}

const recorded: Recorded = JSON.parse(readFileSync(new URL("fixtures/hard-activations.json", import.meta.url), "utf8"));
const numbers = (text = ""): number[] => text.split(" ").map(Number);
const POINTS = numbers(recorded.x);

const FUNCTIONS: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
  relu6: F.relu6,
  hardtanh: (x) => F.hardtanh(x),
  "hardtanh of other limits": (x) => F.hardtanh(x, { minVal: -0.1, maxVal: 0.7 }),
  hardsigmoid: F.hardsigmoid,
  hardswish: F.hardswish,
};
/** PyTorch's slope at NaN is 0 for a hard sigmoid and 1 for a hard swish; here the gradient is dy / 6, and NaN. */
const IS_OTHER_AT_NAN = new Set(["hardsigmoid", "hardswish"]);

/** A list of `size` numbers that repeats those given. */
function repeated(values: readonly number[], size: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: size }, (_, i) => values[i % values.length] ?? Number.NaN);
}

/** Differences of more than two roundings; -0 is not 0. */
function differences(received: tf.Tensor | null | undefined, expected: readonly number[], name: string): string[] {
  const values = received?.dataSync() ?? [];
  return Array.from(values).flatMap((value, i) => {
    const [x = 0, wanted = 0] = [POINTS[i % POINTS.length], expected[i % POINTS.length]];
    if (Object.is(value, wanted) || (Number.isNaN(x) && !Number.isNaN(wanted) && IS_OTHER_AT_NAN.has(name))) return [];
    if (value !== 0 && Math.abs(value - wanted) <= 2.4e-7 * Math.abs(wanted)) return [];
    return [`${value} instead of ${wanted} at ${x}`];
  });
}

await describeOnBackends("on %s, as PyTorch has them at their corners and beyond", () => {
  it.each(Object.entries(recorded.cases))("values and gradients of %s", (name, { y, gradients }) => {
    const apply = FUNCTIONS[name];
    if (apply === undefined) throw new Error(`say what ${name} is`);
    for (const size of [POINTS.length, 100_000, 7, 1, 0]) {
      using _scope = tensorScope();
      const x = tf.tensor1d(repeated(POINTS, size));
      const result = apply(x);
      expect(result.shape).toEqual([size]);
      expect(differences(result, numbers(y), name), `values, ${size} elements`).toEqual([]);
      numbers(recorded.dys).forEach((dy, i) => {
        const [gradient] = grad(apply(x), [x], { gradOutputs: [tf.fill([size], dy)] });
        expect(gradient?.shape).toEqual([size]);
        expect(differences(gradient, numbers(gradients[i]), name), `dy ${dy}, ${size} elements`).toEqual([]);
      });
    }
  });
});
