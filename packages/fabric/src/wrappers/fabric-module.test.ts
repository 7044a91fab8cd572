import { nn, tf } from "@lightning-ts/core";
import "@tensorflow/tfjs-backend-cpu";
import { describe, expect, it } from "vitest";
import { FullPrecision } from "../precision/full-precision.js";
import { wrapModule } from "./fabric-module.js";

class Generator extends nn.Module {
  readonly layer = new nn.Linear(1, 1);

  override forward(x: tf.Tensor): tf.Tensor {
    return this.layer.forward(x);
  }
  generate(x: tf.Tensor): tf.Tensor {
    return this.forward(x);
  }
  describe(): string {
    return "a generator";
  }
}

/** What a strategy puts in the module's place: it counts what passes through. */
class Replacement {
  calls = 0;
  constructor(readonly inner: Generator) {}
  forward(x: tf.Tensor): tf.Tensor {
    this.calls += 1;
    return this.inner.forward(x);
  }
}

function wrapped() {
  const module = new Generator();
  const replacement = new Replacement(module);
  return {
    replacement,
    model: wrapModule(module, { precision: new FullPrecision(), replacement, isLayersModel: false }),
  };
}

describe("a module that its strategy replaced", () => {
  it("runs forward through the replacement, once", () => {
    const { model, replacement } = wrapped();
    expect(tf.tidy(() => model.forward(tf.tensor2d([[1]]))).shape).toEqual([1, 1]);
    expect(replacement.calls).toBe(1);
  });

  it("refuses a method that computes past the strategy, and says how to allow it", () => {
    const { model, replacement } = wrapped();
    expect(() => model.generate(tf.tensor2d([[1]]))).toThrow(/generate\(\).*markForwardMethod\("generate"\)/);
    model.markForwardMethod("generate");
    expect(tf.tidy(() => model.generate(tf.tensor2d([[1]]))).shape).toEqual([1, 1]);
    expect(replacement.calls).toBe(1);
  });

  it("leaves methods alone that do not compute with the model", () => {
    const { model } = wrapped();
    expect(model.describe()).toBe("a generator");
    expect(model.parameters()).toHaveLength(2);
  });
});
