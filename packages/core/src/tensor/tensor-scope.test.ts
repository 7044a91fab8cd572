import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { backward } from "../autograd/backward.js";
import { Parameter } from "../autograd/parameter.js";
import { DisposedTensorError } from "../errors/disposed-tensor-error.js";
import { ForeignScopeError } from "../errors/foreign-scope-error.js";
import { enableGrad, isGradEnabled, noGrad } from "./recording.js";
import { awaitOutside, currentScope, tensorScope } from "./tensor-scope.js";
import { tf } from "./tf.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

let before = 0;
beforeEach(() => {
  before = tf.memory().numTensors;
});

describe("tensorScope", () => {
  it("frees what was made inside, but not what was kept", () => {
    const scope = tensorScope();
    const kept = scope.keep({ a: tf.ones([2]), list: [tf.zeros([3])] });
    tf.ones([5]);
    scope.close();
    scope.close();
    expect(scope.isClosed).toBe(true);
    expect(tf.memory().numTensors).toBe(before + 2);
    tf.dispose([kept.a, ...kept.list]);
  });

  it("may be closed out of order, by identity", () => {
    const outer = tensorScope();
    const a = tf.ones([1]);
    const inner = tensorScope();
    const b = tf.ones([1]);
    outer.close();
    expect([a.isDisposed, b.isDisposed]).toEqual([true, false]);
    expect(currentScope()).toBe(inner);
    inner.close();
    expect(tf.memory().numTensors).toBe(before);
    expect(currentScope()).toBeUndefined();
    expect(isGradEnabled()).toBe(false);
  });

  it("leaves another task's tensors alone while it waits", async () => {
    const scope = tensorScope();
    const mine = tf.ones([2]);
    const other = (async () => {
      await Promise.resolve();
      expect(isGradEnabled()).toBe(false);
      return tf.tidy(() => tf.add(tf.ones([2]), 1));
    })();
    const theirs = await awaitOutside(scope, other);
    expect(isGradEnabled()).toBe(true);
    scope.close();
    expect([mine.isDisposed, theirs.isDisposed]).toEqual([true, false]);
    theirs.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("keeps two training tasks that take turns apart", async () => {
    const train = async (start: number, pauses: number): Promise<number[]> => {
      const w = Parameter.fromData([start], [1]);
      for (let i = 0; i < 3; i += 1) {
        const scope = tensorScope();
        const square = tf.square(w);
        for (let pause = 0; pause < pauses; pause += 1)
          await awaitOutside(scope, new Promise((resolve) => setImmediate(resolve)));
        backward(tf.sum(tf.mul(square, w)));
        scope.close();
      }
      const gradient = [...(w.grad?.dataSync() ?? [])];
      w.dispose();
      return gradient;
    };
    expect(await Promise.all([train(1, 1), train(2, 3), train(3, 2)])).toEqual([[9], [36], [81]]);
    expect(tf.memory().numTensors).toBe(before);
    expect(isGradEnabled()).toBe(false);
  });

  it("can be closed while it is detached", () => {
    const scope = tensorScope();
    tf.ones([1]);
    scope.detachFromEngine();
    scope.close();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("says what to do when a tensor of a closed scope is used", () => {
    const scope = tensorScope();
    const x = tf.ones([2]);
    scope.close();
    expect(() => x.dataSync()).toThrow(DisposedTensorError);
    expect(() => tf.add(x, 1)).toThrow(/keep\(/);
  });

  it("names a scope that was left open on top of it", () => {
    const scope = tensorScope();
    tf.engine().startScope("somebody's");
    expect(() => scope.assertInnermost("trainingStep of Net")).toThrow(ForeignScopeError);
    tf.engine().endScope();
    expect(() => scope.assertInnermost("trainingStep of Net")).not.toThrow();
    scope.close();
  });

  it("records nothing with tape: false, and in it with enableGrad only", () => {
    const w = Parameter.fromData([2], [1]);
    const scope = tensorScope({ tape: false });
    expect(isGradEnabled()).toBe(false);
    enableGrad(() => backward(tf.sum(tf.square(w))));
    expect([...(w.grad?.dataSync() ?? [])]).toEqual([4]);
    expect(isGradEnabled()).toBe(false);
    scope.close();
    w.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("shares the tape of the scope around it", () => {
    const w = Parameter.fromData([2], [1]);
    using outer = tensorScope();
    const inner = tensorScope();
    const square = inner.keep(tf.square(w));
    inner.close();
    backward(tf.sum(outer.keep(tf.mul(square, w))));
    expect([...(w.grad?.dataSync() ?? [])]).toEqual([12]);
    square.dispose();
    w.dispose();
  });
});

describe("noGrad", () => {
  it("switches recording off until an asynchronous body has settled", async () => {
    using scope = tensorScope();
    const seen: boolean[] = [];
    await noGrad(async () => {
      seen.push(isGradEnabled());
      await Promise.resolve();
      seen.push(isGradEnabled());
    });
    seen.push(isGradEnabled());
    expect(seen).toEqual([false, false, true]);
    expect(scope.isAttached).toBe(true);
  });

  it("leaves recording as it was when the body throws, and inside tf.grad", () => {
    using _scope = tensorScope();
    expect(() =>
      noGrad(() => {
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(isGradEnabled()).toBe(true);
    const gradient = tf.grad((x: tf.Tensor) =>
      tf.mul(
        x,
        noGrad(() => tf.square(x)),
      ),
    )(tf.scalar(3));
    expect(gradient.dataSync()[0]).toBe(9);
    expect(isGradEnabled()).toBe(true);
  });
});
