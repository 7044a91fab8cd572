import { beforeAll, describe, expect, it } from "vitest";
import { backward } from "../autograd/backward.js";
import { resolveBackend } from "../backend/resolve-backend.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import { LayerTrace } from "./layer-trace.js";
import * as nn from "./index.js";
import { Module } from "./module.js";

beforeAll(() => resolveBackend("cpu"));

describe("a trace of layers", () => {
  class Seen extends nn.Linear {
    override forward(x: tf.Tensor): tf.Tensor {
      seen.push(JSON.stringify(trace.current));
      return super.forward(x);
    }
  }
  class Net extends Module {
    readonly first = new Seen(2, 2);
    readonly rest = new nn.Sequential(new nn.ReLU(), new Seen(2, 1));

    override forward(x: tf.Tensor): tf.Tensor {
      const y = this.rest.forward(this.first.forward(x));
      seen.push(JSON.stringify(trace.current));
      return y;
    }
  }
  let seen: string[] = [];
  let trace: LayerTrace;

  it("knows the innermost layer by its path, in every forward", () => {
    seen = [];
    const net = new Net();
    trace = new LayerTrace(net);
    using _scope = tensorScope();
    net.forward(tf.ones([1, 2]));
    expect(trace.current).toBeUndefined();
    trace.close();
    expect(seen).toEqual([
      '{"layer":"first","type":"Seen","pass":"forward"}',
      '{"layer":"rest.1","type":"Seen","pass":"forward"}',
      '{"layer":"","type":"Net","pass":"forward"}',
    ]);
  });

  it("knows it in backward too, and nothing where an operation belongs to no layer", () => {
    const walked: (string | undefined)[] = [];
    const told = (x: tf.Tensor): tf.Tensor =>
      tf.customGrad((value) => ({
        value: tf.clone(Object(value)),
        gradFunc: (dy) => {
          walked.push(JSON.stringify(trace.current));
          return dy;
        },
      }))(x);
    class Tells extends Module {
      override forward(x: tf.Tensor): tf.Tensor {
        return told(x);
      }
    }
    const net = new nn.Sequential(new Seen(2, 2), new Tells(), new nn.Linear(2, 1));
    trace = new LayerTrace(net);
    using _scope = tensorScope();
    backward(tf.mean(told(net.forward(tf.ones([3, 2])))));
    const [outer, inner] = ['{"pass":"backward"}', '{"layer":"1","type":"Tells","pass":"backward"}'];
    expect(walked).toEqual([outer, inner]);
    trace.close();
    backward(tf.mean(net.forward(tf.ones([3, 2]))));
    expect(walked).toEqual([outer, inner, undefined]);
  });

  it("puts every forward back, also one that the object has of its own", () => {
    const net = new Net();
    const own = () => tf.zeros([1, 1]);
    Object.defineProperty(net.first, "forward", { value: own, configurable: true, enumerable: true, writable: true });
    trace = new LayerTrace(net);
    expect(net.first.forward).not.toBe(own);
    trace.close();
    trace.close();
    expect(net.first.forward).toBe(own);
    expect(Object.hasOwn(net.rest, "forward")).toBe(false);
    expect(net.namedParameters().map(([name]) => name)).toContain("first.weight");
  });

  it("leaves a layer whose forward throws", () => {
    class Fails extends Module {
      override forward(): never {
        throw new Error("no");
      }
    }
    const net = new Fails();
    trace = new LayerTrace(net);
    expect(() => net.forward()).toThrow("no");
    expect(trace.current).toBeUndefined();
    trace.close();
  });
});
