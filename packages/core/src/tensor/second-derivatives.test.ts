import { beforeAll, describe, expect, it } from "vitest";
import { grad } from "../autograd/grad.js";
import { backendsUnderTest } from "../backend/backends-under-test.js";
import { resolveBackend } from "../backend/resolve-backend.js";
import { tensorScope } from "./tensor-scope.js";
import { tf } from "./tf.js";

/** The values, with 0 in place of -0. */
const numbers = (tensor: tf.Tensor | null | undefined): number[] => Array.from(tensor?.dataSync() ?? [], (x) => x + 0);

/** d (f + Σ (d f / d x)²) for each x. */
function penalized(inputs: readonly tf.Tensor[], f: () => tf.Tensor): number[][] {
  const value = f();
  const [slope] = grad(value, inputs, { createGraph: true });
  const penalty = tf.add(value, tf.sum(tf.square(slope ?? Number.NaN)));
  return grad(penalty, inputs, { retainGraph: true }).map(numbers);
}

function expectClose(actual: readonly number[] | undefined, expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, i) => expect(actual?.[i]).toBeCloseTo(value, 3));
}

describe.each(await backendsUnderTest())(
  "second derivatives of tfjs' composed operations on %s, as PyTorch's",
  (backend) => {
    beforeAll(async () => {
      await resolveBackend(backend);
    });

    it("softmaxCrossEntropy: logits, and labels whose sum is not 1", () => {
      using _scope = tensorScope();
      const x = tf.tensor2d([[1, 2, 3]]);
      const hot = tf.tensor2d([[0, 1, 0]]);
      expectClose(penalized([x], () => tf.losses.softmaxCrossEntropy(hot, x))[0], [0.0584, -1.255, 1.1967]);
      const labels = tf.tensor2d([[0.2, 0.5, 0.6]]);
      const loss = (): tf.Tensor => tf.losses.softmaxCrossEntropy(labels, x);
      const first = grad(loss(), [x, labels]).map(numbers);
      expectClose(first[0], [-0.083, -0.1819, 0.2648]);
      expectClose(first[1], [2.4076, 1.4076, 0.4076]);
      const second = penalized([x, labels], loss);
      expectClose(second[0], [-0.1315, -0.3766, 0.508]);
      expectClose(second[1], [2.8219, 2.0197, 0.1264]);
    });

    it("logSoftmax, also where the result is disposed", () => {
      using _scope = tensorScope();
      const x = tf.tensor2d([[1, 2, 3]]);
      const first = (): tf.Tensor => tf.tidy(() => tf.sum(tf.slice(tf.logSoftmax(x), [0, 0], [1, 1])));
      expectClose(penalized([x], first)[0], [0.6704, -0.3308, -0.3396]);
    });

    it("fused products and convolutions, and an application's own customGrad that saves its input or result", () => {
      using _scope = tensorScope();
      const x = tf.tensor2d([[0.5, 2]]);
      const weight = tf.tensor2d([
        [1, -1],
        [2, 0.5],
      ]);
      const image = tf.tensor4d([0.5, 1, -1, 2], [1, 2, 2, 1]);
      const filter = tf.tensor4d([0.5, -1], [1, 2, 1, 1]);
      const cube = tf.customGrad((t, save) => {
        const [base, saver] = [t, save];
        if (!(base instanceof tf.Tensor) || typeof saver !== "function")
          throw new Error("customGrad passes a tensor and a function");
        saver([base]);
        return {
          value: tf.mul(base, tf.square(base)),
          gradFunc: (dy, [saved = dy]) => tf.mul(dy, tf.mul(3, tf.square(saved))),
        };
      });
      const exponential = tf.customGrad((t, save) => {
        const [power, saver] = [t, save];
        if (!(power instanceof tf.Tensor) || typeof saver !== "function")
          throw new Error("customGrad passes a tensor and a function");
        const value = tf.exp(power);
        saver([value]);
        return { value, gradFunc: (dy, [saved = dy]) => tf.mul(dy, saved) };
      });
      const square = (y: tf.Tensor): tf.Tensor => tf.sum(tf.square(y));
      const pairs: [tf.Tensor[], () => tf.Tensor, () => tf.Tensor][] = [
        [[x, weight], () => square(tf.fused.matMul({ a: x, b: weight })), () => square(tf.matMul(x, weight))],
        [
          [image, filter],
          () => square(tf.fused.conv2d({ x: image, filter, strides: 1, pad: "valid" })),
          () => square(tf.conv2d(image, filter, 1, "valid")),
        ],
        [[x], () => tf.sum(cube(x)), () => tf.sum(tf.pow(x, 3))],
        [[x], () => tf.sum(exponential(x)), () => tf.sum(tf.exp(x))],
      ];
      for (const [inputs, custom, plain] of pairs) {
        const expected = penalized(inputs, plain);
        penalized(inputs, custom).forEach((values, i) => expectClose(values, expected[i] ?? []));
      }
    });

    it("an application's own customGrad that saves intermediates, with second and third derivatives", () => {
      using _scope = tensorScope();
      const x = tf.tensor1d([0.5, -1, 2]);
      const scale = tf.tensor1d([1, 2, -1]);
      const swish = tf.customGrad((...args) => {
        const [t, factor, save] = args;
        if (!(t instanceof tf.Tensor) || !(factor instanceof tf.Tensor) || typeof save !== "function")
          throw new Error("customGrad passes tensors and a function");
        const gate = tf.sigmoid(tf.mul(t, factor));
        const ones = tf.onesLike(t);
        save([t, gate, ones, factor]);
        return {
          value: tf.mul(t, gate),
          gradFunc: (dy, [t0 = dy, g = dy, one = dy, by = dy]) => {
            const slope = tf.mul(g, tf.sub(one, g));
            return [tf.mul(dy, tf.add(g, tf.mul(tf.mul(t0, slope), by))), tf.mul(dy, tf.mul(tf.square(t0), slope))];
          },
        };
      });
      const plain = (): tf.Tensor => tf.sum(tf.mul(x, tf.sigmoid(tf.mul(x, scale))));
      const custom = (): tf.Tensor => tf.sum(swish(x, scale));
      const expected = penalized([x, scale], plain);
      penalized([x, scale], custom).forEach((values, i) => expectClose(values, expected[i] ?? []));
      const third = (f: () => tf.Tensor): number[] => {
        const [dx] = grad(f(), [x], { createGraph: true });
        const [ddx] = grad(tf.sum(dx ?? x), [x], { createGraph: true });
        return numbers(grad(tf.sum(ddx ?? x), [x])[0]);
      };
      expectClose(third(custom), third(plain));
    });

    it("divNoNan is 0 with all its derivatives where it divides by 0", () => {
      using _scope = tensorScope();
      const [one, x, b] = [tf.scalar(1), tf.tensor1d([3, 1]), tf.tensor1d([0, 2])];
      expect(numbers(grad(tf.sum(tf.divNoNan(one, b)), [b])[0])).toEqual([0, -0.25]);
      const quotient = x.divNoNan(b);
      expect(numbers(quotient)).toEqual([0, 0.5]);
      const [dx, db] = grad(tf.sum(quotient), [x, b], { createGraph: true });
      expect([numbers(dx), numbers(db)]).toEqual([
        [0, 0.5],
        [0, -0.25],
      ]);
      expect(grad(tf.sum(tf.add(dx ?? x, db ?? x)), [x, b]).map(numbers)).toEqual([
        [0, -0.25],
        [0, 0],
      ]);
      const zero = tf.scalar(0);
      expect(numbers(grad(tf.sum(tf.divNoNan(x, zero)), [zero])[0])).toEqual([0]);
    });

    it("pow has one mixed derivative at an exponent of 0, in both orders", () => {
      using _scope = tensorScope();
      const [x, y] = [tf.tensor1d([2]), tf.tensor1d([0])];
      const [dx, dy] = grad(tf.sum(tf.pow(x, y)), [x, y], { createGraph: true });
      expect(numbers(dx)).toEqual([0]);
      expectClose(numbers(grad(tf.sum(dx ?? x), [y], { retainGraph: true })[0]), [0.5]);
      expectClose(numbers(grad(tf.sum(dy ?? x), [x])[0]), [0.5]);
      const [base, exponent] = [tf.tensor1d([0, -2, Number.NaN, 3]), tf.scalar(0)];
      const [slope] = grad(tf.sum(tf.pow(base, exponent)), [base], { createGraph: true });
      expect(numbers(slope)).toEqual([0, 0, 0, 0]);
      expect(numbers(grad(tf.sum(slope ?? base), [base])[0])).toEqual([0, 0, 0, 0]);
    });

    it("reciprocal at zeros", () => {
      using _scope = tensorScope();
      const x = tf.tensor1d([0, -0, 2, Infinity]);
      const [slope] = grad(tf.sum(tf.reciprocal(x)), [x], { createGraph: true });
      expect(numbers(slope)).toEqual([-Infinity, -Infinity, -0.25, 0]);
      expect(numbers(grad(tf.sum(slope ?? x), [x])[0])).toEqual([Infinity, -Infinity, 0.25, 0]);
    });
  },
);
