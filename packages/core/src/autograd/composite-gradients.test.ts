import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { noGrad } from "../tensor/recording.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import { compositeGradients } from "./composite-gradients.js";
import { grad } from "./grad.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const valuesOf = (tensor: tf.Tensor | null | undefined) => [...(tensor?.dataSync() ?? [])];

/** The gradients of the products of two tensors, and of their sum, as a kernel with two outputs has them. */
function gradientsOf(x: tf.Tensor, y: tf.Tensor, dys: readonly (tf.Tensor | null)[], more: object = {}) {
  const inputs: Record<string, tf.Tensor | undefined> = { x, y, ...more };
  return compositeGradients(() => [tf.mul(x, y), tf.add(x, y)], inputs, dys);
}

describe("gradients of a kernel by plain operations", () => {
  it.each([
    ["while something records", (body: () => void) => body()],
    ["while nothing records", (body: () => void) => noGrad(body)],
  ])("are those of its outputs that a gradient flows into, %s", (_when, run) => {
    using _scope = tensorScope();
    run(() => {
      const [x, y] = [tf.tensor1d([2, 3]), tf.tensor1d([5, 7])];
      const product = gradientsOf(x, y, [tf.tensor1d([1, 10]), null]);
      expect([valuesOf(product["x"]?.()), valuesOf(product["y"]?.())]).toEqual([
        [5, 70],
        [2, 30],
      ]);
      const both = gradientsOf(x, y, [tf.ones([2]), tf.ones([2])]);
      expect(valuesOf(both["x"]?.())).toEqual([6, 8]);
      expect(valuesOf(gradientsOf(x, y, [null, tf.ones([2])])["x"]?.())).toEqual([1, 1]);
      expect(valuesOf(gradientsOf(x, y, [tf.ones([2])])["y"]?.())).toEqual([2, 3]);
    });
  });

  it("are zero for an input that plays no part, and none for one that is absent", () => {
    using _scope = tensorScope();
    const gradients = gradientsOf(tf.scalar(2), tf.scalar(3), [tf.scalar(1), null], {
      unused: tf.ones([2, 1]),
      absent: undefined,
    });
    expect(Object.keys(gradients)).toEqual(["x", "y", "unused"]);
    expect(gradients["unused"]?.().shape).toEqual([2, 1]);
    expect(valuesOf(gradients["unused"]?.())).toEqual([0, 0]);
  });

  it("are given once for a tensor that is several inputs", () => {
    using _scope = tensorScope();
    const x = tf.scalar(3);
    const gradients = gradientsOf(x, x, [tf.scalar(1), null]);
    expect([valuesOf(gradients["x"]?.()), valuesOf(gradients["y"]?.())]).toEqual([[6], [0]]);
  });

  it("have gradients of their own while something records, of what they computed alone", () => {
    using _scope = tensorScope();
    const [x, y] = [tf.scalar(2), tf.scalar(3)];
    const before = tf.exp(x);
    const first = gradientsOf(x, y, [tf.scalar(1), null])["x"]?.() ?? x;
    expect(valuesOf(grad(tf.mul(first, before), [y])[0])[0]).toBeCloseTo(Math.exp(2), 4);
  });

  it("keep what the kernel saved while something records: its gradients may need it", () => {
    using _scope = tensorScope();
    const x = tf.scalar(2);
    let saved: readonly tf.Tensor[] = [];
    const forward = () => {
      const result = tf.exp(x);
      saved = tf.engine().state.activeTape.at(-1)?.saved ?? [];
      return [result];
    };
    const first = compositeGradients(forward, { x }, [tf.scalar(1)])["x"]?.() ?? x;
    expect([saved.length, saved.some((tensor) => tensor.isDisposed)]).toEqual([1, false]);
    expect(valuesOf(grad(first, [x])[0])[0]).toBeCloseTo(Math.exp(2), 4);
  });

  it("leave nothing on a tape of their own: what it saved is freed", () => {
    using _scope = tensorScope();
    noGrad(() => {
      const [x, y] = [tf.scalar(2), tf.scalar(3)];
      let saved: readonly tf.Tensor[] = [];
      const forward = () => {
        const result = tf.mul(x, y);
        saved = tf.engine().state.activeTape.flatMap((node) => node.saved ?? []);
        return [result];
      };
      compositeGradients(forward, { x, y }, [tf.scalar(1)]);
      expect(saved.length).toBeGreaterThan(0);
      expect(saved.every((tensor) => tensor.isDisposed)).toBe(true);
    });
  });

  it("leave the tape on which everything is recorded as it is", () => {
    using _scope = tensorScope();
    const [x, y] = [tf.scalar(2), tf.scalar(3)];
    const loss = tf.square(x);
    gradientsOf(x, y, [tf.scalar(1), null]);
    expect(valuesOf(grad(loss, [x])[0])).toEqual([4]);
  });
});
