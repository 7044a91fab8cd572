import type { LazyKernel } from "../contract/lazy-kernel.js";
import { graphDtypeOf } from "../graph/value-spec.js";
import { axesConstant, transpose } from "../lowering/fused/emit.js";
import { reversed } from "../lowering/reversed.js";
import { axesOf, numbersAttribute, numbersOf } from "../lowering/read-attributes.js";
import { input } from "./kernel-inputs.js";

export const SHAPE_KERNELS: readonly LazyKernel[] = [
  tile(),
  transposeKernel(),
  reverse(),
  flipLeftRight(),
  broadcastTo(),
];

function tile(): LazyKernel {
  return {
    name: "Tile",
    record(inputs, attrs) {
      const x = input(inputs, "x");
      if (graphDtypeOf(x.dtype) === undefined) return null;
      const reps = numbersAttribute(attrs, "reps");
      return {
        inputs: [x],
        outputs: [{ shape: x.shape.map((extent, i) => extent * (reps[i] ?? 1)), dtype: x.dtype }],
        attrs: { reps },
      };
    },
    lower(graph, [x], attrs) {
      if (x === undefined) return [];
      const reps = numbersOf(attrs["reps"]);
      if (reps.every((rep) => rep === 1)) return [x];
      const shape = x.shape.map((extent, i) => extent * (reps[i] ?? 1));
      return [graph.op("Tile", [x, axesConstant(graph, reps)], { shape })];
    },
  };
}

function transposeKernel(): LazyKernel {
  return {
    name: "Transpose",
    record(inputs, attrs) {
      const x = input(inputs, "x");
      if (graphDtypeOf(x.dtype) === undefined) return null;
      const perm = numbersAttribute(attrs, "perm");
      return {
        inputs: [x],
        outputs: [{ shape: perm.map((axis) => x.shape[axis] ?? 1), dtype: x.dtype }],
        attrs: { perm },
      };
    },
    lower: (graph, [x], attrs) => (x === undefined ? [] : [transpose(graph, x, numbersOf(attrs["perm"]))]),
  };
}

function reverse(): LazyKernel {
  return {
    name: "Reverse",
    record(inputs, attrs) {
      const x = input(inputs, "x");
      if (graphDtypeOf(x.dtype) === undefined) return null;
      return {
        inputs: [x],
        outputs: [{ shape: x.shape, dtype: x.dtype }],
        attrs: { axes: axesOf(attrs?.["dims"], x.shape) },
      };
    },
    lower: (graph, [x], attrs) => (x === undefined ? [] : [reversed(graph, x, numbersOf(attrs["axes"]))]),
  };
}

function flipLeftRight(): LazyKernel {
  return {
    name: "FlipLeftRight",
    record(inputs) {
      const image = input(inputs, "image");
      if (graphDtypeOf(image.dtype) === undefined) return null;
      return { inputs: [image], outputs: [{ shape: image.shape, dtype: image.dtype }] };
    },
    lower: (graph, [image]) => (image === undefined ? [] : [reversed(graph, image, [2])]),
  };
}

function broadcastTo(): LazyKernel {
  return {
    name: "BroadcastTo",
    record(inputs, attrs) {
      const x = input(inputs, "x");
      if (graphDtypeOf(x.dtype) === undefined) return null;
      return {
        inputs: [x],
        outputs: [{ shape: numbersAttribute(attrs, "shape"), dtype: x.dtype }],
        attrs: { shape: numbersAttribute(attrs, "shape") },
      };
    },
    lower(graph, [x], attrs) {
      const shape = numbersOf(attrs["shape"]);
      return x === undefined ? [] : [graph.op("Expand", [x, axesConstant(graph, shape)], { shape })];
    },
  };
}
