import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { NonFiniteGradientError } from "../../errors/non-finite-gradient-error.js";
import { tensorScope } from "../../tensor/tensor-scope.js";
import { tf } from "../../tensor/tf.js";
import { clipGradNorm, clipGradsWithNorm, clipGradValue } from "./clip-gradients.js";
import { Parameter } from "../../autograd/parameter.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

/** Parameters with these gradients; undefined for one without. */
function withGradients(...gradients: (readonly number[] | undefined)[]): Parameter[] {
  return gradients.map((values) => {
    const parameter = Parameter.fromData(values ?? [1], [values?.length ?? 1]);
    if (values !== undefined) parameter.grad = tf.tensor1d([...values]);
    return parameter;
  });
}

function gradients(parameters: readonly Parameter[]): (number[] | null)[] {
  return parameters.map(({ grad }) => (grad === null ? null : [...grad.dataSync()]));
}

describe("clipGradNorm", () => {
  it("scales all gradients together, so that their norm is the largest allowed, and returns the norm before", () => {
    const parameters = withGradients([3], undefined, [4, 0]);
    using _scope = tensorScope();
    const norm = clipGradNorm(parameters, 1);
    expect(norm.dataSync()[0]).toBeCloseTo(5, 5);
    const [first, missing, last] = gradients(parameters);
    expect(first?.[0]).toBeCloseTo(0.6, 5);
    expect(missing).toBeNull();
    expect(last?.[0]).toBeCloseTo(0.8, 5);
  });

  it("leaves gradients alone whose norm is small enough, and only measures with Infinity", () => {
    const parameters = withGradients([3, 4]);
    using _scope = tensorScope();
    clipGradNorm(parameters, 10);
    expect(gradients(parameters)).toEqual([[3, 4]]);
    const kept = parameters[0]?.grad;
    expect(clipGradNorm(parameters, Number.POSITIVE_INFINITY).dataSync()[0]).toBe(5);
    expect(parameters[0]?.grad).toBe(kept);
  });

  it("makes them zero for a norm of 0", () => {
    const parameters = withGradients([3, 4]);
    using _scope = tensorScope();
    clipGradNorm(parameters, 0);
    expect(gradients(parameters)).toEqual([[0, 0]]);
  });

  it("takes other norms", () => {
    using _scope = tensorScope();
    const measure = (normType: number) =>
      clipGradNorm(withGradients([3, -4, 0]), Number.POSITIVE_INFINITY, { normType }).dataSync()[0];
    expect([measure(1), measure(Number.POSITIVE_INFINITY), measure(0), measure(Number.NEGATIVE_INFINITY)]).toEqual([
      7, 4, 1, 0,
    ]);
  });

  it("has the norm 0 where no parameter has a gradient", () => {
    using _scope = tensorScope();
    expect(clipGradNorm(withGradients(undefined), 1, { errorIfNonfinite: true }).dataSync()[0]).toBe(0);
    expect(clipGradNorm([], 1).dataSync()[0]).toBe(0);
  });

  it("throws for a norm that is not finite, when asked to, and changes nothing", () => {
    const parameters = withGradients([Number.NaN, 1]);
    using _scope = tensorScope();
    let error: unknown;
    try {
      clipGradNorm(parameters, 1, { errorIfNonfinite: true });
    } catch (thrown) {
      error = thrown;
    }
    if (!(error instanceof NonFiniteGradientError)) throw new TypeError("it does not throw");
    expect([error.code, error.norm]).toEqual(["LIT_NON_FINITE_GRADIENT", Number.NaN]);
    expect(error.message).toBe(
      "The gradients cannot be clipped: their norm is not finite. Received a norm of NaN. Try: lower the learning rate, look for log(0) or division by 0 in the loss, or set { errorIfNonfinite: false }.",
    );
    expect(gradients(parameters)).toEqual([[Number.NaN, 1]]);
    expect(() => clipGradNorm(parameters, 1)).not.toThrow();
    expect(() => clipGradNorm(withGradients([1]), 1, { errorIfNonfinite: true })).not.toThrow();
  });

  it.each([-1, Number.NaN])("refuses the norm %s", (norm) => {
    expect(() => clipGradNorm([], norm)).toThrow(
      `Gradients cannot be clipped to this norm. Expected maxNorm of at least 0. Received ${norm}.`,
    );
  });
});

describe("clipGradValue", () => {
  it("limits every element on both sides and skips parameters without a gradient", () => {
    const parameters = withGradients([-3, 0.5, 3], undefined, [1]);
    const before = tf.memory().numTensors;
    clipGradValue(parameters, 1);
    expect(gradients(parameters)).toEqual([[-1, 0.5, 1], null, [1]]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("makes them zero for the value 0", () => {
    const parameters = withGradients([-3, 3]);
    clipGradValue(parameters, 0);
    expect(gradients(parameters)[0]?.map(Math.abs)).toEqual([0, 0]);
  });

  it.each([-1, Number.NaN])("refuses the value %s", (value) => {
    expect(() => clipGradValue([], value)).toThrow(
      `Gradients cannot be clipped to this value. Expected clipValue of at least 0. Received ${value}.`,
    );
  });

  it("refuse options that they do not have, and a norm by its place", () => {
    const call = (options: unknown): unknown => clipGradNorm([], 1, options as object);
    expect(() => call({ norm_type: 1 })).toThrow(/clipGradNorm has no option "norm_type".*normType/);
    expect(() => call(1)).toThrow(/clipGradNorm takes an object of options.*Received 1/);
  });
});

describe("clipGradsWithNorm", () => {
  it("clips a part by the norm of the whole, as clipGradNorm clips the whole", () => {
    const [whole, part] = [withGradients([3], [4, 0], undefined), withGradients([3], [4, 0], undefined)];
    using _scope = tensorScope();
    const norm = clipGradNorm(whole, 2);
    for (const parameter of part) clipGradsWithNorm([parameter], 2, norm);
    expect(gradients(part)).toEqual(gradients(whole));
    clipGradsWithNorm(part, Number.POSITIVE_INFINITY, norm);
    expect(gradients(part)).toEqual(gradients(whole));
    expect(() => clipGradsWithNorm(part, -1, norm)).toThrow(/maxNorm of at least 0. Received -1/);
    expect(() => clipGradsWithNorm(part, 1, tf.tensor1d([1, 2]))).toThrow(/one element. Received a tensor \[2\]/);
  });
});
