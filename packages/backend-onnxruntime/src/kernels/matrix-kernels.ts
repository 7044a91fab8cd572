import { backend_util, type TensorInfo } from "@tensorflow/tfjs-core";
import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import type { LazyKernel } from "../contract/lazy-kernel.js";
import { activate } from "../lowering/activations.js";
import { Elementwise } from "../lowering/elementwise.js";
import { einsum } from "../lowering/einsum.js";
import { transpose } from "../lowering/fused/emit.js";
import { matrixProduct, matrixProductShape } from "../lowering/fused/matrix-product.js";
import { booleanAttribute, stringAttribute } from "../lowering/read-attributes.js";
import { input, inputList } from "./kernel-inputs.js";

export const MATRIX_KERNELS: readonly LazyKernel[] = [batchMatMul(), fusedMatMul(), einsumKernel()];

function batchMatMul(): LazyKernel {
  return {
    name: "BatchMatMul",
    record(inputs, attrs) {
      const a = input(inputs, "a");
      const b = input(inputs, "b");
      if (a.dtype !== b.dtype || (a.dtype !== "float32" && a.dtype !== "int32")) return null;
      const transposeA = booleanAttribute(attrs, "transposeA");
      const transposeB = booleanAttribute(attrs, "transposeB");
      checkInner(a.shape, b.shape, transposeA, transposeB);
      return {
        inputs: [a, b],
        outputs: [{ shape: matrixProductShape(a.shape, b.shape, transposeA, transposeB), dtype: a.dtype }],
        attrs: { transposeA, transposeB },
      };
    },
    lower(graph, [a, b], attrs) {
      return a === undefined || b === undefined
        ? []
        : [product(graph, a, b, attrs["transposeA"] === true, attrs["transposeB"] === true)];
    },
  };
}

function checkInner(a: readonly number[], b: readonly number[], transposeA: boolean, transposeB: boolean): void {
  const left = a.at(transposeA ? -2 : -1);
  const right = b.at(transposeB ? -1 : -2);
  backend_util.assertAndGetBroadcastShape(a.slice(0, -2), b.slice(0, -2));
  if (left === right) return;
  throw new Error(
    `Error in matMul: inner shapes (${left}) and (${right}) of Tensors with shapes ${a} and ${b} and transposeA=${transposeA} and transposeB=${transposeB} must match.`,
  );
}

function product(
  graph: GraphBuilder,
  a: GraphValue,
  b: GraphValue,
  transposeA: boolean,
  transposeB: boolean,
): GraphValue {
  if (a.dtype === "float32") return matrixProduct(graph, a, b, { transposeA, transposeB });
  const left = transposeA ? swapLast(graph, a) : a;
  const right = transposeB ? swapLast(graph, b) : b;
  return graph.op("MatMul", [left, right], { shape: matrixProductShape(left.shape, right.shape, false, false) });
}

function swapLast(graph: GraphBuilder, x: GraphValue): GraphValue {
  const rank = x.shape.length;
  return transpose(
    graph,
    x,
    x.shape.map((_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i)),
  );
}

function fusedMatMul(): LazyKernel {
  return {
    name: "_FusedMatMul",
    record(inputs, attrs) {
      const a = input(inputs, "a");
      const b = input(inputs, "b");
      const extras = [inputs["bias"], inputs["preluActivationWeights"]];
      if ([a, b, ...extras].some((info) => info !== undefined && info !== null && info.dtype !== "float32"))
        return null;
      const transposeA = booleanAttribute(attrs, "transposeA");
      const transposeB = booleanAttribute(attrs, "transposeB");
      checkInner(a.shape, b.shape, transposeA, transposeB);
      const hasBias = Boolean(inputs["bias"]);
      const alpha = typeof attrs?.["leakyreluAlpha"] === "number" ? attrs["leakyreluAlpha"] : 0.2;
      return {
        inputs: [a, b, ...extras.filter((info) => info !== undefined && info !== null)],
        outputs: [{ shape: matrixProductShape(a.shape, b.shape, transposeA, transposeB), dtype: "float32" }],
        attrs: { transposeA, transposeB, hasBias, activation: stringAttribute(attrs, "activation"), alpha },
      };
    },
    lower(graph, [a, b, ...extras], attrs) {
      if (a === undefined || b === undefined) return [];
      const y = product(graph, a, b, attrs["transposeA"] === true, attrs["transposeB"] === true);
      const bias = attrs["hasBias"] === true ? extras.shift() : undefined;
      const sum = bias === undefined ? y : new Elementwise(graph).add(y, bias);
      return [activate(graph, sum, String(attrs["activation"]), extras[0], Number(attrs["alpha"]))];
    },
  };
}

function einsumKernel(): LazyKernel {
  return {
    name: "Einsum",
    record(inputs, attrs) {
      const tensors = inputList(inputs);
      if (tensors.some(({ dtype }) => dtype !== "float32")) return null;
      const equation = stringAttribute(attrs, "equation");
      const { allDims, summedDims, idDims } = backend_util.decodeEinsumEquation(equation, tensors.length);
      const extents = einsumExtents(tensors, idDims);
      const kept = allDims.map((_, dim) => dim).filter((dim) => !summedDims.includes(dim));
      return {
        inputs: tensors,
        outputs: [{ shape: kept.map((dim) => extents.get(dim) ?? 1), dtype: "float32" }],
        attrs: { equation: equation.replaceAll(/\s/g, "") },
      };
    },
    lower(graph, tensors, attrs) {
      return [einsum(graph, tensors, String(attrs["equation"]))];
    },
  };
}

/** How long each dimension of an equation is. @throws RangeError, in tfjs' words, where two tensors disagree */
function einsumExtents(
  tensors: readonly TensorInfo[],
  dimensions: readonly (readonly number[])[],
): ReadonlyMap<number, number> {
  const extents = new Map<number, number>();
  tensors.forEach(({ shape }, i) =>
    dimensions[i]?.forEach((dimension, axis) => {
      const extent = shape[axis] ?? 1;
      const known = extents.get(dimension) ?? extent;
      if (known !== extent)
        throw new RangeError(
          `Expected dimension ${known} at axis ${axis} of input shaped ${JSON.stringify(shape)}, but got dimension ${extent}`,
        );
      extents.set(dimension, extent);
    }),
  );
  return extents;
}
