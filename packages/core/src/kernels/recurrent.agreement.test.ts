import { beforeAll, describe, expect, it } from "vitest";
import { availableBackends } from "../backend/backend-registry.js";
import { resolveBackend } from "../backend/resolve-backend.js";
import { RandomStream } from "../random/random-stream.js";
import { tf } from "../tensor/tf.js";
import type { FusedInputs } from "./fused-kernel.js";
import { recurrent, recurrentGrad } from "./recurrent.js";
import { runFused } from "./run-fused.js";

const engine = (await availableBackends()).find(({ name }) => name === "onnxruntime");
const stream = RandomStream.fromSeed(5);
const random = (...shape: number[]): tf.Tensor =>
  tf.tensor(stream.fillNormal(new Float32Array(tf.util.sizeFromShape(shape)), 0, 0.7), shape);

/** Sums over at most 40 terms and 4 steps, in another order. */
const TOLERANCE = 5e-6;
const GATES = { lstm: 4, gru: 3, tanh: 1, relu: 1 } as const;

interface Sizes {
  readonly steps: number;
  readonly batch: number;
  readonly input: number;
  readonly hidden: number;
  readonly projected?: number;
  readonly lengths?: readonly number[];
  readonly hasBias?: boolean;
}

const SIZES: readonly Sizes[] = [
  { steps: 3, batch: 2, input: 2, hidden: 3 },
  { steps: 3, batch: 3, input: 2, hidden: 3, lengths: [3, 1, 2], hasBias: false },
  { steps: 1, batch: 1, input: 1, hidden: 1 },
  { steps: 3, batch: 1, input: 4, hidden: 3, lengths: [2] },
  { steps: 2, batch: 0, input: 3, hidden: 2 },
];
const PROJECTED: readonly Sizes[] = [
  { steps: 3, batch: 2, input: 2, hidden: 3, projected: 2 },
  { steps: 3, batch: 2, input: 2, hidden: 3, projected: 1, lengths: [1, 3] },
];

function inputsOf(cell: keyof typeof GATES, sizes: Sizes): FusedInputs<"lit.Recurrent"> {
  const { steps, batch, input, hidden, projected, lengths, hasBias = true } = sizes;
  const rows = GATES[cell] * hidden;
  const width = projected ?? hidden;
  return {
    x: random(steps, batch, input),
    weightIh: random(rows, input),
    weightHh: random(rows, width),
    ...(hasBias ? { biasIh: random(rows), biasHh: random(rows) } : {}),
    ...(projected === undefined ? {} : { weightHr: random(projected, hidden) }),
    h0: random(batch, width),
    ...(cell === "lstm" ? { c0: random(batch, hidden) } : {}),
    ...(lengths === undefined ? {} : { lengths: tf.tensor1d([...lengths], "int32") }),
  };
}

function expectSame(received: readonly tf.Tensor[], expected: readonly tf.Tensor[]): void {
  expect(received.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
  const [values, wanted] = [valuesOf(received), valuesOf(expected)];
  wanted.forEach((value, i) => {
    if (!(Math.abs((values[i] ?? Number.NaN) - value) <= TOLERANCE * Math.max(1, Math.abs(value))))
      throw new Error(`element ${i} of all outputs: expected ${value}, received ${values[i]}`);
  });
}

/** All elements, read at once. */
function valuesOf(tensors: readonly tf.Tensor[]): Float32Array | Int32Array | Uint8Array {
  return tf.concat(tensors.map((tensor) => tf.reshape(tensor, [tensor.size]))).dataSync();
}

const CASES = (["lstm", "gru", "tanh", "relu"] as const).flatMap((cell) =>
  [...SIZES, ...(cell === "lstm" ? PROJECTED : [])].flatMap((sizes) =>
    [false, true].map((reverse) => ({ cell, reverse, sizes, title: `${cell} ${JSON.stringify(sizes)}` })),
  ),
);

describe.skipIf(engine?.availability.isAvailable !== true)(
  "a recurrent layer on onnxruntime (skipped where the engine is missing)",
  () => {
    beforeAll(async () => {
      await resolveBackend("onnxruntime");
    });

    it.each(CASES)("equals its composite, $title, backwards: $reverse", ({ cell, reverse, sizes }) => {
      tf.tidy(() => {
        const attrs = { cell, reverse, saves: true };
        const inputs = inputsOf(cell, sizes);
        const outputs = runFused(recurrent, inputs, attrs);
        expectSame(outputs, recurrent.composite(inputs, attrs));
        const [y, hN, ...rest] = outputs;
        if (y === undefined || hN === undefined) throw new Error("a recurrent layer has two outputs");
        const [cN, saved] = cell === "lstm" ? [rest[0], rest.slice(1)] : [undefined, rest];
        const savedInputs = Object.fromEntries(saved.map((value, i) => [`saved${i}`, value]));
        const known = { ...inputs, y, saved0: y, ...savedInputs, ...(cN === undefined ? {} : { cN }) };
        const dy = random(...y.shape);
        const dhN = random(...hN.shape);
        const ofCells = cN === undefined ? {} : { dcN: random(...cN.shape) };
        for (const gradients of [{ dy, dhN, ...ofCells }, { dy }, { dhN }]) {
          const given = { ...known, ...gradients };
          expectSame(runFused(recurrentGrad, given, attrs), recurrentGrad.composite(given, attrs));
        }
      });
    });

    it("gives nothing but its results where no gradient will be asked for", () => {
      tf.tidy(() => {
        const inputs = inputsOf("lstm", { steps: 3, batch: 2, input: 2, hidden: 2 });
        const attrs = { cell: "lstm", reverse: false } as const;
        const [y, hN, cN, ...saved] = runFused(recurrent, inputs, { ...attrs, saves: false });
        expect(saved).toHaveLength(0);
        const full = runFused(recurrent, inputs, { ...attrs, saves: true });
        [y, hN, cN].forEach((tensor, i) =>
          expect([...(tensor?.dataSync() ?? [])]).toEqual([...(full[i]?.dataSync() ?? [])]),
        );
      });
    });

    it("refuses tensors that do not fit each other, and sequences without a step", () => {
      const inputs = inputsOf("gru", { steps: 3, batch: 2, input: 2, hidden: 2 });
      const attrs = { cell: "gru", reverse: false, saves: false } as const;
      expect(() => runFused(recurrent, { ...inputs, x: tf.ones([3, 2, 5]) }, attrs)).toThrow(
        /\[T, B, I\].*\[3, 2, 5\]/,
      );
      expect(() => runFused(recurrent, { ...inputs, x: tf.ones([0, 2, 2]) }, attrs)).toThrow(/T > 0.*\[0, 2, 2\]/);
    });
  },
);
