import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { FreedGraphError } from "../errors/freed-graph-error.js";
import { ModifiedVariableError } from "../errors/modified-variable-error.js";
import { NoGradientError } from "../errors/no-gradient-error.js";
import { noGrad } from "../tensor/recording.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import { backward } from "./backward.js";
import { grad } from "./grad.js";
import { Buffer, Parameter } from "./parameter.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}

function messageOf(call: () => unknown): string {
  const error = thrownBy(call);
  return error instanceof Error ? error.message : "nothing was thrown";
}

describe("what a backward says", () => {
  it("when no parameter reaches the loss, and when nothing was recorded because of noGrad", () => {
    using _scope = tensorScope();
    expect(messageOf(() => backward(tf.scalar(1)))).toBe(
      "No trainable variable was used to compute this loss in the open scope. Try: check requiresGrad of the parameters, and that nothing detached the loss (detach, noGrad, item, a number from data()).",
    );
    expect(messageOf(() => noGrad(() => backward(tf.scalar(1))))).toContain(
      "Try: compute the loss and call backward in the same scope, and not inside noGrad.",
    );
  });

  it("outside of a scope", () => {
    const loss = tf.scalar(1);
    expect(messageOf(() => backward(loss))).toBe(
      "No scope is open, so nothing was recorded for gradients. Try: compute the loss and call backward inside one scope: a batch of a set-up loader, fabric.step(() => …), or `using scope = tensorScope()`.",
    );
    loss.dispose();
  });

  it("for a loss that is no scalar, and for a gradient that does not fit it", () => {
    const w = Parameter.fromData([1, 2, 3, 4, 5, 6], [2, 3]);
    using _scope = tensorScope();
    const loss = tf.square(w);
    expect(messageOf(() => backward(loss))).toBe(
      "Only a scalar has an implicit gradient of 1. Expected a scalar, or a gradient of the output's shape. Received an output of shape [2, 3]. Try: reduce the loss with .mean() or .sum(), or pass the gradient.",
    );
    expect(messageOf(() => backward(loss, { gradient: tf.ones([3, 2]) }))).toBe(
      "The gradient does not fit its output. Expected shape [2, 3]. Received shape [3, 2]. Try: pass a gradient of exactly the output's shape.",
    );
    w.dispose();
  });

  it("for a loss with one element of any rank, which is a scalar to it", () => {
    const w = Parameter.fromData([3], [1]);
    using _scope = tensorScope();
    backward(tf.reshape(tf.square(w), [1, 1]));
    expect([...(w.grad?.dataSync() ?? [])]).toEqual([6]);
    w.dispose();
  });

  it("for a loss that was disposed", () => {
    using _scope = tensorScope();
    const loss = tf.scalar(1);
    loss.dispose();
    expect(messageOf(() => backward(loss))).toMatch(/disposed/);
  });

  it("when the graph was freed, naming the operation", () => {
    const w = Parameter.fromData([3], []);
    using _scope = tensorScope();
    const trunk = tf.square(w);
    const loss = tf.exp(trunk);
    backward(loss);
    const again = thrownBy(() => backward(loss));
    const beside = thrownBy(() => backward(tf.log(trunk)));
    if (!(again instanceof FreedGraphError && beside instanceof FreedGraphError)) throw new TypeError("not freed");
    expect([again.kernelName, beside.kernelName]).toEqual(["this output", "Log"]);
    expect(beside.message).toBe(
      "This backward reaches the input of Log, whose part of the graph an earlier backward has freed. Try: pass { retainGraph: true } to every backward but the last, or detach() what should not get a second gradient.",
    );
    w.dispose();
  });

  it("when a variable was changed, naming the operation and the variable's shape", () => {
    const w = Parameter.fromData([3, 4], [2]);
    using _scope = tensorScope();
    const loss = tf.sum(tf.square(w));
    w.assign(tf.tensor1d([4, 5]));
    const error = thrownBy(() => backward(loss));
    if (!(error instanceof ModifiedVariableError)) throw new TypeError("the change went unnoticed");
    expect([error.kernelName, error.shape]).toEqual(["Square", [2]]);
    expect(error.message).toBe(
      "A variable of shape [2] that Square used was changed after the forward and before this backward. " +
        "Try: call backward before optimizer.step(), or compute the loss again after the step. The forward of an " +
        "AveragedModel changes the model's variables for a while: call it before the model's own, in noGrad(). " +
        "A buffer that the step itself changes, such as a queue of keys, is used through a copy: buffer.clone().",
    );
    w.dispose();
  });

  it("not of a buffer that was used through a copy before the step changed it", () => {
    const w = Parameter.fromData([3, 4], [2]);
    const queue = tf.variable(tf.tensor1d([1, 2]), false);
    using _scope = tensorScope();
    const loss = w.mul(queue.clone()).sum();
    queue.assign(tf.tensor1d([5, 6]));
    backward(loss);
    expect(w.grad?.dataSync()).toEqual(Float32Array.of(1, 2));
    queue.dispose();
    w.dispose();
  });

  it.each<[string, (w: Parameter) => void]>([
    ["with numbers from the host", (w) => w.setData([4, 5])],
    ["with a tensor", (w) => w.assign(tf.tensor1d([4, 5]))],
  ])("when a parameter was changed %s after it was used for the first time", (_, change) => {
    const w = Parameter.fromData([3, 4], [2]);
    using _scope = tensorScope();
    const loss = tf.sum(tf.square(w));
    change(w);
    expect(thrownBy(() => backward(loss))).toBeInstanceOf(ModifiedVariableError);
    backward(tf.sum(tf.square(w)));
    expect([...(w.grad?.dataSync() ?? [])]).toEqual([8, 10]);
    w.dispose();
  });

  it("nothing, when a variable was changed whose old value the gradient does not need", () => {
    const w = Parameter.fromData([3, 4], [2]);
    using _scope = tensorScope();
    const loss = tf.sum(tf.neg(w));
    w.assign(tf.tensor1d([4, 5]));
    backward(loss);
    expect([...(w.grad?.dataSync() ?? [])]).toEqual([-1, -1]);
    w.dispose();
  });

  it("for an operation without a gradient, and for an input of one without", () => {
    const w = Parameter.fromData([3, 4], [2]);
    using _scope = tensorScope();
    const without = tf.customGrad((x) => {
      if (!(x instanceof tf.Tensor)) throw new TypeError("customGrad passes a tensor");
      return { value: tf.mul(x, 2), gradFunc: () => [tf.ones([5])] };
    })(w);
    const wrongShape = thrownBy(() => backward(tf.sum(without)));
    if (!(wrongShape instanceof NoGradientError)) throw new TypeError("a gradient of another shape is taken");
    expect(wrongShape.message).toMatch(
      /^The gradient of \w+ for its input "\w+" does not fit that input\. Expected float32 \[2\]\. Received float32 \[5\]\. Try: check the gradient function if it is your own \(tf\.customGrad\); otherwise please report this\.$/,
    );
    expect(wrongShape.kernelName).toMatch(/\w/);
    const wrongType = tf.customGrad((x) => {
      if (!(x instanceof tf.Tensor)) throw new TypeError("customGrad passes a tensor");
      return { value: tf.mul(x, 2), gradFunc: () => [tf.ones([2], "int32")] };
    })(w);
    expect(messageOf(() => backward(tf.sum(wrongType)))).toContain("Received int32 [2].");
    w.dispose();
  });

  it("for an operation that nobody knows a gradient of, with what helps in general", () => {
    tf.registerKernel({
      kernelName: "NoGradientProbe",
      backendName: "cpu",
      kernelFunc: ({ inputs }) => ({ ...tf.clone(inputs["x"] as tf.Tensor) }),
    });
    const w = Parameter.fromData([3], [1]);
    using _scope = tensorScope();
    const y = tf.engine().runKernel("NoGradientProbe", { x: w }) as tf.Tensor;
    const error = thrownBy(() => backward(tf.sum(y)));
    tf.unregisterKernel("NoGradientProbe", "cpu");
    if (!(error instanceof NoGradientError)) throw new TypeError("there is no gradient");
    expect(error.kernelName).toBe("NoGradientProbe");
    expect(error.message).toBe(
      "The operation NoGradientProbe has no gradient. Try: detach() its result if no gradient should flow, give it one with tf.customGrad, or compute it another way.",
    );
    w.dispose();
  });
});

describe("what grad says", () => {
  it("of an input that no output depends on, unless it may be unused", () => {
    using _scope = tensorScope();
    const [x, y] = [tf.scalar(2), tf.scalar(3)];
    const output = tf.square(x);
    const options = { retainGraph: true };
    expect(messageOf(() => grad(output, [x, y], options))).toBe(
      "No output depends on input 1, as far as this scope has recorded. Try: check that it was used (the same tensor object, not a copy), or pass { allowUnused: true } to get null.",
    );
    expect(messageOf(() => grad(output, [x, y], { ...options, allowUnused: false }))).toContain("input 1");
    const found = grad(output, [x, y], { ...options, allowUnused: true });
    expect(found.map((gradient) => gradient && [...gradient.dataSync()])).toEqual([[4], null]);
  });

  it("of several outputs: the gradient of their sum, with the gradients that flow in", () => {
    using _scope = tensorScope();
    const x = tf.tensor1d([1, 2]);
    const [plain] = grad([tf.sum(x), tf.sum(tf.square(x))], [x], { retainGraph: true });
    expect([...(plain?.dataSync() ?? [])]).toEqual([3, 5]);
    const [weighted] = grad([tf.square(x), tf.sum(x)], [x], { gradOutputs: [tf.tensor1d([1, 10]), undefined] });
    expect([...(weighted?.dataSync() ?? [])]).toEqual([3, 41]);
  });

  it("gives a copy where the gradient is the one that the caller gave", () => {
    using _scope = tensorScope();
    const [x, given] = [tf.tensor1d([1, 2]), tf.tensor1d([3, 4])];
    const [gradient] = grad(x, [x], { gradOutputs: [given] });
    expect(gradient).not.toBe(given);
    gradient?.dispose();
    expect([...given.dataSync()]).toEqual([3, 4]);
  });

  it("gives gradients to the innermost scope, which frees them", () => {
    using _scope = tensorScope();
    const x = tf.tensor1d([1, 2]);
    const y = tf.square(x);
    const before = tf.memory().numTensors;
    {
      using _inner = tensorScope();
      const [gradient] = grad(y, [x], { gradOutputs: [tf.ones([2])], retainGraph: true });
      expect(gradient?.kept).toBe(false);
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  it("frees the graph, unless it is retained", () => {
    using _scope = tensorScope();
    const x = tf.scalar(2);
    const y = tf.square(x);
    grad(y, [x], { retainGraph: true });
    grad(y, [x]);
    expect(() => grad(y, [x])).toThrow(FreedGraphError);
    const z = tf.square(x);
    grad(z, [x], { createGraph: true, retainGraph: false });
    expect(() => grad(z, [x])).toThrow(FreedGraphError);
  });
});

describe("what parameters and buffers say", () => {
  it("of values that do not fill their shape", () => {
    expect(messageOf(() => Parameter.fromData([1, 2, 3], [2, 2]))).toBe(
      "The values do not fill the shape. Expected 4 values for shape [2, 2]. Received 3 values.",
    );
    const p = Parameter.fromData([1, 2, 3, 4], [2, 2]);
    expect(messageOf(() => p.setData([1]))).toBe(
      "The new values do not fill the tensor. Expected 4 values for shape [2, 2]. Received 1 values.",
    );
    expect([...p.dataSync()]).toEqual([1, 2, 3, 4]);
  });

  it("of a value of another shape or dtype", () => {
    const p = Parameter.fromData([1, 2], [2, 1]);
    tf.tidy(() => {
      expect(messageOf(() => p.assign(tf.tensor1d([1, 2]) as never))).toBe(
        "A variable keeps its shape and dtype. Expected float32 [2, 1]. Received float32 [2].",
      );
      expect(messageOf(() => p.assign(tf.tensor2d([1, 2], [2, 1], "int32")))).toContain("Received int32 [2, 1].");
      p.assign(tf.tensor2d([5, 6], [2, 1]));
    });
    expect([...p.dataSync()]).toEqual([5, 6]);
    p.dispose();
  });

  it("of what they are: each knows its own kind, whichever copy of the library made it", () => {
    const [parameter, buffer] = [Parameter.fromData([1], [1]), Buffer.fromData([1], [1])];
    expect([parameter instanceof Parameter, parameter instanceof Buffer]).toEqual([true, false]);
    expect([buffer instanceof Buffer, buffer instanceof Parameter]).toEqual([true, false]);
    for (const other of [null, undefined, 1, "isParameter", {}, () => 1] as unknown[])
      expect([other instanceof Parameter, other instanceof Buffer]).toEqual([false, false]);
    expect({ isParameter: true } instanceof Parameter && { isBuffer: true } instanceof Buffer).toBe(true);
    expect([parameter.isParameter, buffer.isBuffer, parameter.requiresGrad, buffer.trainable]).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it("of their dtypes: integers and booleans are cut to what these hold", () => {
    const bool = Buffer.fromData([1, 0], [2], "bool");
    expect([bool.dtype, ...bool.dataSync()]).toEqual(["bool", 1, 0]);
    expect(bool.hostValues()).toBeUndefined();
    expect(Buffer.fromData([1, 0], [2], "bool").hostValues()).toEqual(Uint8Array.of(1, 0));
    expect([Buffer.fromData([1], [1]).dtype, Parameter.fromData([1], [1]).dtype]).toEqual(["float32", "float32"]);
    const whole = Parameter.fromData([1.9], [1], "int32");
    expect([whole.dtype, whole.hostValues()]).toEqual(["int32", Int32Array.of(1)]);
    whole.setData([2.9]);
    expect([...whole.dataSync()]).toEqual([2]);
  });

  it("of arrays: one of float32 is taken over when they are made, and copied when it is set later", () => {
    const values = Float32Array.of(1, 2);
    const p = Parameter.fromData(values, [2]);
    expect(p.hostValues()).toBe(values);
    const next = Float32Array.of(3, 4);
    p.setData(next);
    next[0] = 99;
    expect([...p.dataSync()]).toEqual([3, 4]);
    expect(Buffer.fromData(values, [2]).hostValues()).toBe(values);
    expect(Buffer.fromData(values, [2], "int32").hostValues()).toEqual(Int32Array.of(1, 2));
  });
});
