import { backend_util, util } from "@tensorflow/tfjs-core";
import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import type { LazyKernel, StructuralAttributes } from "../contract/lazy-kernel.js";
import { Elementwise } from "../lowering/elementwise.js";
import { axesConstant, pad, reshape, slice, transpose } from "../lowering/fused/emit.js";
import { matrixProduct } from "../lowering/fused/matrix-product.js";
import { axisWeights, bilinearPositions, nearestPositions } from "../lowering/resize-positions.js";
import {
  booleanAttribute,
  numberAttribute,
  numbersAttribute,
  numbersOf,
  pairsAttribute,
  stringAttribute,
} from "../lowering/read-attributes.js";
import { input } from "./kernel-inputs.js";

export const IMAGE_KERNELS: readonly LazyKernel[] = [
  resize("ResizeBilinear", bilinear),
  resize("ResizeNearestNeighbor", nearest),
  resizeGrad("ResizeBilinearGrad", bilinearPositions),
  resizeGrad("ResizeNearestNeighborGrad", nearestPositions),
  depthToSpace(),
  spaceToBatch(),
  batchToSpace(),
];

type ResizeLowering = (
  graph: GraphBuilder,
  images: GraphValue,
  size: readonly number[],
  alignCorners: boolean,
  halfPixel: boolean,
) => GraphValue;

function resize(name: string, lower: ResizeLowering): LazyKernel {
  return {
    name,
    record(inputs, attrs) {
      const images = input(inputs, "images");
      if (images.dtype !== "float32") return null;
      const size = numbersAttribute(attrs, "size");
      const [batch = 1, , , channels = 1] = images.shape;
      return {
        inputs: [images],
        outputs: [{ shape: [batch, ...size, channels], dtype: "float32" }],
        attrs: { size, ...modes(attrs) },
      };
    },
    lower: (graph, [images], attrs) =>
      images === undefined
        ? []
        : [lower(graph, images, numbersOf(attrs["size"]), attrs["alignCorners"] === true, attrs["halfPixel"] === true)],
  };
}

function modes(attrs: Parameters<LazyKernel["record"]>[1]): StructuralAttributes {
  return {
    alignCorners: booleanAttribute(attrs, "alignCorners"),
    halfPixel: booleanAttribute(attrs, "halfPixelCenters"),
  };
}

function nearest(...[graph, images, size, alignCorners, halfPixel]: Parameters<ResizeLowering>): GraphValue {
  return [1, 2].reduce((value, axis) => {
    const positions = nearestPositions(value.shape[axis] ?? 1, size[axis - 1] ?? 1, alignCorners, halfPixel);
    return take(
      graph,
      value,
      positions.map(({ low }) => low),
      axis,
    );
  }, images);
}

function bilinear(...[graph, images, size, alignCorners, halfPixel]: Parameters<ResizeLowering>): GraphValue {
  const e = new Elementwise(graph);
  // Columns first, as tfjs does, so that the rounding is the same.
  return [2, 1].reduce((value, axis) => {
    const positions = bilinearPositions(value.shape[axis] ?? 1, size[axis - 1] ?? 1, alignCorners, halfPixel);
    const low = take(
      graph,
      value,
      positions.map((position) => position.low),
      axis,
    );
    const high = take(
      graph,
      value,
      positions.map((position) => position.high),
      axis,
    );
    const fraction = graph.constant(
      positions.map((position) => position.fraction),
      "float32",
      axis === 1 ? [positions.length, 1, 1] : [positions.length, 1],
    );
    return e.add(low, e.mul(e.sub(high, low), fraction));
  }, images);
}

function take(graph: GraphBuilder, x: GraphValue, indices: readonly number[], axis: number): GraphValue {
  return graph.op("Gather", [x, axesConstant(graph, indices)], {
    shape: x.shape.with(axis, indices.length),
    attrs: { axis },
  });
}

/** The gradient of a resize: along each axis a product with the transposed matrix of its weights. */
function resizeGrad(name: string, positionsOf: typeof bilinearPositions): LazyKernel {
  return {
    name,
    record(inputs, attrs) {
      const images = input(inputs, "images");
      const dy = input(inputs, "dy");
      if (dy.dtype !== "float32") return null;
      return {
        inputs: [dy],
        outputs: [{ shape: images.shape, dtype: "float32" }],
        attrs: { shape: images.shape, ...modes(attrs) },
      };
    },
    lower(graph, [dy], attrs) {
      if (dy === undefined) return [];
      const [batch = 1, height = 1, width = 1, channels = 1] = numbersOf(attrs["shape"]);
      const [, outHeight = 1, outWidth = 1] = dy.shape;
      const weights = (from: number, to: number) =>
        graph.constant(
          axisWeights(positionsOf(from, to, attrs["alignCorners"] === true, attrs["halfPixel"] === true), from),
          "float32",
          [from, to],
        );
      const rows = matrixProduct(
        graph,
        weights(height, outHeight),
        reshape(graph, dy, [batch, outHeight, outWidth * channels]),
      );
      const columns = matrixProduct(
        graph,
        weights(width, outWidth),
        reshape(graph, rows, [batch * height, outWidth, channels]),
      );
      return [reshape(graph, columns, [batch, height, width, channels])];
    },
  };
}

function depthToSpace(): LazyKernel {
  return {
    name: "DepthToSpace",
    record(inputs, attrs) {
      const x = input(inputs, "x");
      const block = numberAttribute(attrs, "blockSize");
      if (x.dtype !== "float32" || stringAttribute(attrs, "dataFormat") !== "NHWC") return null;
      const [batch = 1, height = 1, width = 1, depth = 1] = x.shape;
      return {
        inputs: [x],
        outputs: [{ shape: [batch, height * block, width * block, depth / (block * block)], dtype: "float32" }],
        attrs: { block },
      };
    },
    lower(graph, [x], attrs) {
      if (x === undefined) return [];
      const block = Number(attrs["block"]);
      const [batch = 1, height = 1, width = 1, depth = 1] = x.shape;
      const channels = depth / (block * block);
      const blocks = transpose(
        graph,
        reshape(graph, x, [batch, height, width, block, block, channels]),
        [0, 1, 3, 2, 4, 5],
      );
      return [reshape(graph, blocks, [batch, height * block, width * block, channels])];
    },
  };
}

function spaceToBatch(): LazyKernel {
  return {
    name: "SpaceToBatchND",
    record(inputs, attrs) {
      const x = input(inputs, "x");
      if (x.dtype !== "float32") return null;
      const blockShape = numbersAttribute(attrs, "blockShape");
      const paddings = [[0, 0], ...pairsAttribute(attrs, "paddings")];
      while (paddings.length < x.shape.length) paddings.push([0, 0]);
      const padded = x.shape.map((extent, i) => extent + (paddings[i]?.[0] ?? 0) + (paddings[i]?.[1] ?? 0));
      const shape = backend_util.getReshapedPermuted(padded, blockShape, util.sizeFromShape(blockShape), false);
      return { inputs: [x], outputs: [{ shape, dtype: "float32" }], attrs: { blockShape, paddings, padded } };
    },
    lower(graph, [x], attrs) {
      if (x === undefined || !Array.isArray(attrs["paddings"])) return [];
      const blockShape = numbersOf(attrs["blockShape"]);
      const padded = numbersOf(attrs["padded"]);
      const paddings = attrs["paddings"].map(numbersOf);
      const product = util.sizeFromShape(blockShape);
      const blocks = backend_util.getReshaped(padded, blockShape, product, false);
      const perm = backend_util.getPermuted(blocks.length, blockShape.length, false);
      const value = pad(
        graph,
        x,
        paddings.map(([before = 0]) => before),
        paddings.map(([, after = 0]) => after),
      );
      return [
        reshape(
          graph,
          transpose(graph, reshape(graph, value, blocks), perm),
          backend_util.getReshapedPermuted(padded, blockShape, product, false),
        ),
      ];
    },
  };
}

function batchToSpace(): LazyKernel {
  return {
    name: "BatchToSpaceND",
    record(inputs, attrs) {
      const x = input(inputs, "x");
      if (x.dtype !== "float32") return null;
      const blockShape = numbersAttribute(attrs, "blockShape");
      const crops = pairsAttribute(attrs, "crops");
      const permuted = backend_util.getReshapedPermuted(x.shape, blockShape, util.sizeFromShape(blockShape));
      const cropped = backend_util.getSliceSize(permuted, crops, blockShape.length);
      const shape = [...cropped, ...permuted.slice(cropped.length)];
      return {
        inputs: [x],
        outputs: [{ shape, dtype: "float32" }],
        attrs: { blockShape, begin: backend_util.getSliceBeginCoords(crops, blockShape.length), shape },
      };
    },
    lower(graph, [x], attrs) {
      if (x === undefined) return [];
      const blockShape = numbersOf(attrs["blockShape"]);
      const starts = numbersOf(attrs["begin"]);
      const size = numbersOf(attrs["shape"]);
      const product = util.sizeFromShape(blockShape);
      const blocks = backend_util.getReshaped([...x.shape], blockShape, product);
      const spread = transpose(
        graph,
        reshape(graph, x, blocks),
        backend_util.getPermuted(blocks.length, blockShape.length),
      );
      const whole = reshape(graph, spread, backend_util.getReshapedPermuted([...x.shape], blockShape, product));
      return [
        slice(graph, whole, {
          axes: starts.map((_, i) => i),
          starts,
          ends: starts.map((start, i) => start + (size[i] ?? 0)),
        }),
      ];
    },
  };
}
