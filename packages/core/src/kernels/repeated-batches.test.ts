import { describe, expect, it } from "vitest";
import { availableBackends } from "../backend/backend-registry.js";
import { resolveBackend } from "../backend/resolve-backend.js";
import { noGrad } from "../tensor/recording.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import "./repeated-batches.js";

const SHAPES: readonly (readonly [number[], number[]])[] = [
  [
    [2, 4],
    [2, 1],
  ],
  [
    [2, 1],
    [2, 4],
  ],
  [[2, 1], [3]],
  [[3], [2, 1]],
  [
    [2, 1, 3],
    [1, 4, 1],
  ],
  [[4], [2, 4]],
  [
    [1, 4],
    [2, 4],
  ],
  [[], [2, 4]],
  [[1], [3]],
];

function matrices(batch: readonly number[], rows: number, columns: number): tf.Tensor {
  const shape = [...batch, rows, columns];
  return tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => Math.sin(i * 1.7 + 0.3)),
    shape,
  );
}

const found = await availableBackends();
const backends = found.flatMap(({ name, availability }) => (availability.isAvailable ? [name] : []));

describe.each(backends)("on %s", (backend) => {
  it.each(SHAPES)(
    "matMul of batches %j and %j multiplies the matrices that broadcasting pairs",
    async (first, second) => {
      await resolveBackend(backend);
      using _scope = tensorScope();
      const [a, b] = [matrices(first, 2, 3), matrices(second, 3, 4)];
      const batch = tf.backend_util.assertAndGetBroadcastShape([...first], [...second]);
      const before = tf.memory().numTensors;
      const y = noGrad(() => tf.tidy(() => tf.matMul(a, b)));
      expect(tf.memory().numTensors).toBe(before + 1);
      const full = (x: tf.Tensor): tf.Tensor =>
        tf.reshape(tf.broadcastTo(x, [...batch, ...x.shape.slice(-2)]), [-1, ...x.shape.slice(-2)]);
      const [left, right] = [full(a), full(b)];
      const expected = tf.stack(
        Array.from({ length: left.shape[0] ?? 0 }, (_, i) =>
          tf.matMul(tf.gather(left, i) as tf.Tensor2D, tf.gather(right, i) as tf.Tensor2D),
        ),
      );
      expect(y.shape).toEqual([...batch, 2, 4]);
      const [received, wanted] = [y.dataSync(), expected.dataSync()];
      received.forEach((value, i) => expect(value).toBeCloseTo(wanted[i] ?? Number.NaN, 5));
    },
  );
});
