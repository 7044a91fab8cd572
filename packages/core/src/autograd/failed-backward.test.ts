import { beforeAll, describe, expect, it } from "vitest";
import { resolveBackend } from "../backend/resolve-backend.js";
import type { TrainingBackend } from "../backend/training-backend.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import { backward } from "./backward.js";
import { Parameter } from "./parameter.js";

let backend: TrainingBackend;

beforeAll(async () => {
  ({ backend } = await resolveBackend("onnxruntime"));
});

/** A factor whose computation fails, which nobody knows before it runs. */
function fails(): tf.Scalar {
  return tf
    .gather(tf.ones([2]), tf.add(tf.tensor1d([5], "int32"), tf.scalar(1, "int32")))
    .sum()
    .asScalar();
}

const values = (tensor: tf.Tensor | null): number[] | null => tensor && [...tensor.dataSync()];

describe("a step that cannot be computed", () => {
  it("gives back the gradients from before: who had one has that, who had none has none", async () => {
    const [had, hadNone] = [Parameter.fromData([1, 2], [2]), Parameter.fromData([3, 4], [2])];
    {
      using _scope = tensorScope();
      backward(tf.sum(tf.square(had)));
    }
    await backend.synchronize();
    {
      using _scope = tensorScope();
      backward(tf.mul(tf.sum(tf.mul(had, hadNone)), fails()).asScalar());
    }
    await expect(backend.synchronize()).rejects.toThrow("out of range");
    expect([values(had.grad), values(hadNone.grad)]).toEqual([[2, 4], null]);
    {
      using _scope = tensorScope();
      backward(tf.sum(tf.mul(had, hadNone)));
    }
    await backend.synchronize();
    expect([values(had.grad), values(hadNone.grad)]).toEqual([
      [5, 8],
      [1, 2],
    ]);
    had.dispose();
    hadNone.dispose();
  });

  it("gives a parameter that was never used before its values on the host back", async () => {
    const before = tf.memory().numTensors;
    const p = Parameter.fromData([1, 2], [2]);
    {
      using _scope = tensorScope();
      p.assign(tf.mul(tf.tensor1d([8, 9]), fails()));
    }
    expect(p.hostValues()).toBeUndefined();
    await expect(backend.synchronize()).rejects.toThrow("out of range");
    expect(p.hostValues()).toEqual(Float32Array.of(1, 2));
    expect(tf.memory().numTensors).toBe(before);
    expect(values(p)).toEqual([1, 2]);
    p.dispose();
  });

  it("leaves a parameter alone that was disposed since", async () => {
    const before = tf.memory().numTensors;
    const p = Parameter.fromData([1, 2], [2]);
    {
      using _scope = tensorScope();
      p.assign(tf.mul(tf.tensor1d([8, 9]), fails()));
      p.dispose();
      tf.keep(tf.mul(fails(), 2)).dispose();
    }
    await backend.synchronize().catch(() => undefined);
    expect(p.isDisposed).toBe(true);
    expect(tf.memory().numTensors).toBe(before);
  });
});
