import { util } from "@tensorflow/tfjs-core";
import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import type { LazyKernel } from "../contract/lazy-kernel.js";
import { elementCount } from "../graph/value-spec.js";
import { Elementwise } from "../lowering/elementwise.js";
import { reshape } from "../lowering/fused/emit.js";
import { numberAttribute } from "../lowering/read-attributes.js";
import { exactSoftmax } from "../lowering/sums/exact-softmax.js";
import { input } from "./kernel-inputs.js";

export const NORMALIZATION_KERNELS: readonly LazyKernel[] = [
  fusedBatchNorm(),
  lrn(),
  lrnGrad(),
  softmax("Softmax", "dim"),
  softmax("LogSoftmax", "axis"),
];

function fusedBatchNorm(): LazyKernel {
  return {
    name: "FusedBatchNorm",
    record(inputs, attrs) {
      const names = ["x", "mean", "variance"];
      const hasOffset = Boolean(inputs["offset"]);
      const hasScale = Boolean(inputs["scale"]);
      const tensors = [...names, ...(hasOffset ? ["offset"] : []), ...(hasScale ? ["scale"] : [])].map((name) =>
        input(inputs, name),
      );
      const [x] = tensors;
      if (x === undefined || tensors.some(({ dtype }) => dtype !== "float32")) return null;
      const varianceEpsilon = attrs?.["varianceEpsilon"];
      return {
        inputs: tensors,
        outputs: [{ shape: x.shape, dtype: "float32" }],
        attrs: { hasOffset, hasScale, epsilon: typeof varianceEpsilon === "number" ? varianceEpsilon : 0.001 },
      };
    },
    lower(graph, [x, mean, variance, ...rest], attrs) {
      if (x === undefined || mean === undefined || variance === undefined) return [];
      const e = new Elementwise(graph);
      const offset = attrs["hasOffset"] === true ? rest.shift() : undefined;
      const scale = attrs["hasScale"] === true ? rest.shift() : undefined;
      const deviation = e.unary("Sqrt", e.add(variance, graph.constant(Number(attrs["epsilon"]), "float32")));
      const normalized = e.div(scale === undefined ? e.sub(x, mean) : e.mul(e.sub(x, mean), scale), deviation);
      return [offset === undefined ? normalized : e.add(normalized, offset)];
    },
  };
}

/** Local response normalization over channels: x · (bias + alpha · sum of squares of the neighbours) ^ -beta. */
function lrn(): LazyKernel {
  return {
    name: "LRN",
    record(inputs, attrs) {
      const x = input(inputs, "x");
      if (x.dtype !== "float32") return null;
      return { inputs: [x], outputs: [{ shape: x.shape, dtype: "float32" }], attrs: responseAttributes(attrs) };
    },
    lower(graph, [x], attrs) {
      if (x === undefined) return [];
      const e = new Elementwise(graph);
      return [e.mul(x, e.pow(responseNorm(graph, x, attrs), -Number(attrs["beta"])))];
    },
  };
}

function lrnGrad(): LazyKernel {
  return {
    name: "LRNGrad",
    record(inputs, attrs) {
      const tensors = ["x", "y", "dy"].map((name) => input(inputs, name));
      const [x] = tensors;
      if (x === undefined || tensors.some(({ dtype }) => dtype !== "float32")) return null;
      return { inputs: tensors, outputs: [{ shape: x.shape, dtype: "float32" }], attrs: responseAttributes(attrs) };
    },
    lower(graph, [x, y, dy], attrs) {
      if (x === undefined || y === undefined || dy === undefined) return [];
      const e = new Elementwise(graph);
      const norm = responseNorm(graph, x, attrs);
      const beta = Number(attrs["beta"]);
      const own = e.mul(dy, e.pow(norm, -beta));
      const spread = windowSum(graph, e.div(e.mul(dy, y), norm), Number(attrs["radius"]));
      return [e.sub(own, e.mul(e.mul(x, spread), 2 * Number(attrs["alpha"]) * beta))];
    },
  };
}

function responseAttributes(attrs: Parameters<LazyKernel["record"]>[1]): {
  radius: number;
  bias: number;
  alpha: number;
  beta: number;
} {
  return {
    radius: numberAttribute(attrs, "depthRadius"),
    bias: numberAttribute(attrs, "bias"),
    alpha: numberAttribute(attrs, "alpha"),
    beta: numberAttribute(attrs, "beta"),
  };
}

function responseNorm(graph: GraphBuilder, x: GraphValue, attrs: Readonly<Record<string, unknown>>): GraphValue {
  const e = new Elementwise(graph);
  const sum = windowSum(graph, e.mul(x, x), Number(attrs["radius"]));
  return e.add(e.mul(sum, Number(attrs["alpha"])), Number(attrs["bias"]));
}

/** Sums of the `2 · radius + 1` neighbours along the last axis. */
function windowSum(graph: GraphBuilder, x: GraphValue, radius: number): GraphValue {
  const channels = x.shape.at(-1) ?? 1;
  const size = 2 * radius + 1;
  const rows = reshape(graph, x, [elementCount(x.shape) / channels, 1, channels]);
  const attrs = { kernel_shape: [size], pads: [radius, radius], strides: [1], count_include_pad: 1 };
  const mean = graph.op("AveragePool", [rows], { attrs });
  return reshape(graph, new Elementwise(graph).mul(mean, size), x.shape);
}

function softmax(name: "Softmax" | "LogSoftmax", axisName: string): LazyKernel {
  return {
    name,
    record(inputs, attrs) {
      const logits = input(inputs, "logits");
      if (logits.dtype !== "float32") return null;
      const [axis = 0] = util.parseAxisParam(numberAttribute(attrs, axisName), logits.shape);
      return { inputs: [logits], outputs: [{ shape: logits.shape, dtype: "float32" }], attrs: { axis } };
    },
    lower: (graph, [logits], attrs) =>
      logits === undefined ? [] : [exactSoftmax(graph, name, logits, Number(attrs["axis"]))],
  };
}
