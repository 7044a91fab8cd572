import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backendsUnderTest } from "../backend/backends-under-test.js";
import { resolveBackend } from "../backend/resolve-backend.js";
import { readRecording } from "../tensor/engine-internals/tape.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import { grad } from "./grad.js";
import "../kernels/segment-sums.js";
import { EXCEPTIONS } from "./special-point-exceptions-under-test.js";
import { OPERATIONS, type Attributes } from "./special-points-under-test.js";

/** JSON has no word for some numbers. */
type Written = number | boolean | "NaN" | "Infinity" | "-Infinity" | "-0";

interface WrittenTensor {
  readonly shape: number[];
  readonly dtype: "float32" | "int32" | "bool";
  readonly values: readonly Written[];
}

interface SpecialPoint {
  readonly name: string;
  readonly op: string;
  /** The expression that PyTorch evaluated. */
  readonly torch: string;
  readonly inputs: readonly WrittenTensor[];
  readonly attributes: Attributes;
  readonly y: WrittenTensor;
  /** What flows into y; absent for 1, 1.5, 2, 1, …, so that a gradient that is summed over the wrong axis shows. */
  readonly dy?: WrittenTensor;
  /** One per input, null for inputs that no gradient is wanted for; null for functions without gradients. */
  readonly gradients: readonly (WrittenTensor | null)[] | null;
}

const { cases: POINTS } = JSON.parse(
  readFileSync(new URL("fixtures/special-points.json", import.meta.url), "utf8"),
) as { cases: SpecialPoint[] };

const numbersOf = ({ values }: WrittenTensor): number[] => values.map(Number);
const toTensor = (written: WrittenTensor): tf.Tensor => tf.tensor(numbersOf(written), written.shape, written.dtype);

function upstreamOf({ dy, y }: SpecialPoint): tf.Tensor {
  return dy === undefined
    ? tf.tensor(
        Float32Array.from(y.values, (_, i) => 1 + (i % 3) / 2),
        y.shape,
      )
    : toTensor(dy);
}

/**
 * Float32 functions of other libraries: a few units in the last place, and sums of a few terms. A 0 that should not be
 * one is never close.
 */
function isClose(actual: number, expected: number): boolean {
  const wanted = Math.fround(expected);
  if (actual === wanted || (Number.isNaN(actual) && Number.isNaN(wanted))) return true;
  if (actual === 0 && Math.abs(wanted) > 1e-30 && Math.abs(wanted) < 1e-9) return false;
  return Number.isFinite(wanted) && Math.abs(actual - wanted) <= 1e-6 + 2e-5 * Math.abs(wanted);
}

interface Comparison {
  readonly point: SpecialPoint;
  readonly part: "value" | number;
  readonly backend: string;
  readonly actual: ArrayLike<number>;
  readonly expected: WrittenTensor;
}

/** What differs from PyTorch and is no exception; and that every exception is still needed. */
function differences({ point, part, backend, actual, expected }: Comparison): string[] {
  const exceptions = EXCEPTIONS.filter(
    (each) =>
      each.parts.includes(part) &&
      each.points.some((start) => point.name.startsWith(start)) &&
      (each.backends?.includes(backend) ?? true),
  );
  const inputs = point.inputs.map(numbersOf);
  const used = new Set<object>();
  const found: string[] = [];
  numbersOf(expected).forEach((wanted, i) => {
    if (isClose(actual[i] ?? Number.NaN, wanted)) return;
    const numbers = inputs.map((values) => values[i] ?? Number.NaN);
    const excepted = exceptions.find(({ where }) => where === undefined || where(...numbers));
    if (excepted !== undefined) used.add(excepted);
    else found.push(`element ${i} (${numbers.join(", ")}): ${actual[i]} instead of ${wanted}`);
  });
  const needless = exceptions
    .filter((each) => !used.has(each))
    .map(({ reason }) => `needs no exception any more: ${reason}`);
  return [...found, ...needless];
}

/**
 * tfjs' wasm kernels leave whatever was in memory where a tensor has no elements; that is compared on the other
 * backends only.
 */
const pointsOn = (backend: string): readonly SpecialPoint[] =>
  POINTS.filter(({ inputs }) => backend !== "wasm" || inputs.every(({ values }) => values.length > 0));

/** On wasm, which has few kernels, only what it can do is compared. */
const isMissingKernel = (error: unknown): boolean =>
  error instanceof Error && /Kernel '\w+' not registered for backend 'wasm'/.test(error.message);

/** Kernels with a gradient that the table leaves out. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  BroadcastTo: "tf.broadcastTo records Tile",
  ComplexAbs: "complex numbers carry no gradients: tf.complex has none",
  Dilation2D: "morphology with its own two kernels, which PyTorch does not have",
  EluGrad: "reached by second derivatives only; corrected-gradients.test.ts differentiates elu twice",
  LogSoftmax: "tf.logSoftmax brings its own gradient, which the table covers",
  OnesLike: "a constant",
};

/** Kernels that the table has recorded. */
const recorded = new Set<string>();

describe.each([...(await backendsUnderTest()).filter((name) => name !== "tensorflow"), "wasm"])(
  "special points on %s",
  (backend) => {
    beforeAll(async () => {
      await resolveBackend(backend, backend === "wasm" ? { threads: 1 } : {});
    });

    afterAll(async () => {
      await resolveBackend("cpu");
    });

    it.each(pointsOn(backend))("$name: as $torch", (point) => {
      using _scope = tensorScope();
      try {
        const inputs = point.inputs.map(toTensor);
        const operation = OPERATIONS[point.op];
        if (operation === undefined)
          throw new RangeError(`special-points-under-test.ts does not say what ${point.op} is.`);
        const y = operation(inputs, point.attributes);
        for (const { kernelName } of readRecording().tape ?? []) recorded.add(kernelName);
        expect(y.shape).toEqual(point.y.shape);
        expect(differences({ point, part: "value", backend, actual: y.dataSync(), expected: point.y })).toEqual([]);
        const wanted = inputs.filter((_, i) => (point.gradients?.[i] ?? null) !== null);
        const received =
          point.gradients === null || y.dtype !== "float32"
            ? []
            : grad(y, wanted, { gradOutputs: [upstreamOf(point)], allowUnused: true });
        const byInput = new Map(wanted.map((input, i) => [input, received[i] ?? undefined]));
        point.gradients?.forEach((expected, i) => {
          if (expected === null) return;
          const gradient = byInput.get(inputs[i]!)?.dataSync() ?? new Float32Array(expected.values.length);
          expect(
            differences({ point, part: i, backend, actual: gradient, expected }),
            `gradient of input ${i}`,
          ).toEqual([]);
        });
      } catch (error) {
        if (backend !== "wasm" || !isMissingKernel(error)) throw error;
      }
    });
  },
);

it("the table covers every tfjs kernel that has a gradient, but for those that are left out for a reason", () => {
  const kernels = new Set(Object.values(tf).filter((value) => typeof value === "string"));
  const differentiable = [...kernels].filter((name) => (tf.getGradient(name) ?? undefined) !== undefined);
  expect(differentiable.filter((name) => !recorded.has(name)).sort()).toEqual(Object.keys(LEFT_OUT));
});
