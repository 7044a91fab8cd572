import { beforeAll, describe, expect, it } from "vitest";
import { grad } from "../autograd/grad.js";
import { Parameter } from "../autograd/parameter.js";
import { backendsUnderTest } from "../backend/backends-under-test.js";
import { resolveBackend } from "../backend/resolve-backend.js";
import * as F from "../nn/functional/index.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import {
  curved,
  DIFFERENTIABLE_CASES,
  parametersFor,
  type DifferentiableCase,
} from "./differentiable-kernels-under-test.js";

/** A scalar made of first derivatives, as a gradient penalty is. */
function penalty(test: DifferentiableCase, inputs: readonly tf.Tensor[], createGraph: boolean): tf.Tensor {
  const gradients = grad(curved(test, inputs), inputs, { createGraph });
  return tf.addN(gradients.map((gradient, i) => tf.sum(tf.mul(tf.sin(gradient ?? tf.scalar(0)), i + 1))));
}

/** Central differences of `penalty`: first derivatives come from the ordinary backward, with the fused gradients. */
function numericGradients(test: DifferentiableCase, parameters: readonly Parameter[]): number[][] {
  const step = 1e-2;
  return parameters.map((parameter) => {
    const values = Float32Array.from(parameter.dataSync());
    return Array.from(values, (value, i) => {
      const [above, below] = [step, -step].map((delta) => {
        parameter.setData(values.with(i, value + delta));
        const scope = tensorScope();
        const result = penalty(test, parameters, false).dataSync()[0] ?? Number.NaN;
        scope.close();
        return result;
      });
      parameter.setData(values);
      return ((above ?? Number.NaN) - (below ?? Number.NaN)) / (2 * step);
    });
  });
}

describe.each(await backendsUnderTest())("second derivatives on %s", (backend) => {
  beforeAll(async () => {
    await resolveBackend(backend);
  });

  it.each(DIFFERENTIABLE_CASES)("flow through $name as finite differences say", (test) => {
    const before = tf.memory().numTensors;
    const parameters = parametersFor(test);
    const expected = numericGradients(test, parameters);
    {
      using _scope = tensorScope();
      const actual = grad(penalty(test, parameters, true), parameters, { allowUnused: true });
      actual.forEach((gradient, i) => {
        const wanted = expected[i] ?? [];
        const scale = Math.max(1, ...wanted.map(Math.abs));
        const received = gradient === null ? wanted.map(() => 0) : [...gradient.dataSync()];
        // Central differences of float32 values: step² plus rounding / step.
        wanted.forEach((value, j) => {
          expect(
            Math.abs((received[j] ?? Number.NaN) - value) / scale,
            `input ${i}, element ${j}: ${received[j]} instead of ${value}`,
          ).toBeLessThan(0.02);
        });
      });
    }
    for (const parameter of parameters) parameter.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("adapt a small model through its own update, as MAML does", () => {
    const weight = Parameter.fromData([0.5, -0.3, 0.2, 0.1], [2, 2]);
    const [x, y] = [
      tf.tensor2d([
        [1, 2],
        [3, -1],
      ]),
      tf.tensor2d([
        [1, 0],
        [0, 1],
      ]),
    ];
    const loss = (w: tf.Tensor): tf.Tensor => F.mseLoss(F.linear(x, w, undefined, { activation: "relu" }), y);
    const outer = (createGraph: boolean): tf.Tensor => {
      const [gradient] = grad(loss(weight), [weight], { createGraph });
      return loss(tf.sub(weight, tf.mul(gradient ?? 0, 0.1)));
    };
    const numeric = numericOf(weight, () => outer(false));
    {
      using _scope = tensorScope();
      const [gradient] = grad(outer(true), [weight]);
      [...(gradient?.dataSync() ?? [])].forEach((value, i) => expect(value).toBeCloseTo(numeric[i] ?? Number.NaN, 2));
    }
    tf.dispose([x, y]);
    weight.dispose();
  });
});

function numericOf(parameter: Parameter, compute: () => tf.Tensor): number[] {
  const values = Float32Array.from(parameter.dataSync());
  return Array.from(values, (value, i) => {
    const [above = 0, below = 0] = [1e-2, -1e-2].map((delta) => {
      parameter.setData(values.with(i, value + delta));
      const scope = tensorScope();
      const result = compute().dataSync()[0] ?? Number.NaN;
      scope.close();
      return result;
    });
    parameter.setData(values);
    return (above - below) / 2e-2;
  });
}
