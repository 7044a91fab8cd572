import { backend_util, type DataType, util } from "@tensorflow/tfjs-core";
import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import type { LazyKernel, Recording } from "../contract/lazy-kernel.js";
import type { PiecesProgram } from "../contract/pieces-program.js";
import { Elementwise } from "../lowering/elementwise.js";
import { cast, reducedShape } from "../lowering/fused/emit.js";
import { truncateToInt } from "../lowering/integer-arithmetic.js";
import { exactMean, exactProduct, exactSum } from "../lowering/sums/exact-sum.js";
import { needsPieces } from "../lowering/sums/piece-plan.js";
import { type SumRequest, sumInPieces } from "../lowering/sums/sum-in-pieces.js";
import { reduceAxes } from "../lowering/sums/reduce-axes.js";
import { axesOf, booleanAttribute, numbersAttribute, numbersOf } from "../lowering/read-attributes.js";
import { input } from "./kernel-inputs.js";

/** What a large sum does outside of a graph. */
type PiecesOf = (request: Omit<SumRequest, "isMean">) => PiecesProgram | undefined;

interface ReductionOptions {
  /** Kernel attribute that holds the axes. @default "axis" */
  readonly axisName?: string;
  readonly result?: (dtype: DataType) => DataType;
  readonly accepts: readonly DataType[];
  /** For float32. */
  readonly inPieces?: PiecesOf;
}

type ReductionLowering = (graph: GraphBuilder, x: GraphValue, axes: readonly number[], keepDims: boolean) => GraphValue;

const NUMBERS: readonly DataType[] = ["float32", "int32"];
const toInt = (dtype: DataType): DataType => (dtype === "bool" ? "int32" : dtype);

export const REDUCTION_KERNELS: readonly LazyKernel[] = [
  reduction("Sum", (g, x, ...rest) => (x.dtype === "float32" ? exactSum(g, x, ...rest) : integerSum(g, x, ...rest)), {
    accepts: [...NUMBERS, "bool"],
    result: toInt,
    inPieces: (request) => sumInPieces({ ...request, isMean: false }),
  }),
  reduction(
    "Prod",
    (g, x, ...rest) => (x.dtype === "float32" ? exactProduct(g, x, ...rest) : integerProduct(g, x, ...rest)),
    { accepts: [...NUMBERS, "bool"], result: toInt },
  ),
  reduction("Mean", (g, x, axes, keepDims) => exactMean(g, cast(g, x, "float32"), axes, keepDims), {
    accepts: [...NUMBERS, "bool"],
    result: () => "float32",
    inPieces: (request) => sumInPieces({ ...request, isMean: true }),
  }),
  reduction("Max", (g, x, ...rest) => extreme(g, "ReduceMax", x, ...rest), {
    accepts: NUMBERS,
    axisName: "reductionIndices",
  }),
  reduction("Min", (g, x, ...rest) => extreme(g, "ReduceMin", x, ...rest), { accepts: NUMBERS }),
  reduction("All", (g, x, ...rest) => cast(g, reduce(g, "ReduceMin", cast(g, x, "int32"), ...rest), "bool"), {
    accepts: ["bool"],
  }),
  reduction("Any", (g, x, ...rest) => cast(g, reduce(g, "ReduceMax", cast(g, x, "int32"), ...rest), "bool"), {
    accepts: ["bool"],
  }),
  argument("ArgMax"),
  argument("ArgMin"),
];

function reduction(name: string, lower: ReductionLowering, options: ReductionOptions): LazyKernel {
  return {
    name,
    record(inputs, attrs): Recording | null {
      const x = input(inputs, "x");
      if (!options.accepts.includes(x.dtype)) return null;
      const axes = axesOf(attrs?.[options.axisName ?? "axis"], x.shape);
      const keepDims = booleanAttribute(attrs, "keepDims");
      const shape = reducedShape(x.shape, axes, keepDims);
      return {
        inputs: [x],
        outputs: [{ shape, dtype: options.result?.(x.dtype) ?? x.dtype }],
        attrs: {
          axes,
          keepDims,
          ...(options.inPieces !== undefined && x.dtype === "float32" && needsPieces(x.shape, axes)
            ? { shape: x.shape }
            : {}),
        },
      };
    },
    lower(graph, [x], attrs) {
      if (x === undefined) return [];
      const axes = numbersOf(attrs["axes"]);
      const keepDims = attrs["keepDims"] === true;
      return [lower(graph, x, axes, keepDims)];
    },
    program(attrs) {
      const shape = attrs["shape"];
      if (shape === undefined) return undefined;
      return options.inPieces?.({
        shape: numbersOf(shape),
        axes: numbersOf(attrs["axes"]),
        keepDims: attrs["keepDims"] === true,
      });
    },
  };
}

function reduce(
  graph: GraphBuilder,
  type: string,
  x: GraphValue,
  axes: readonly number[],
  keepDims: boolean,
): GraphValue {
  return axes.length === 0 ? x : reduceAxes(graph, type, x, axes, keepDims);
}

/** The largest or smallest value; a NaN among them wins, which ONNX leaves open. */
function extreme(
  graph: GraphBuilder,
  type: string,
  x: GraphValue,
  axes: readonly number[],
  keepDims: boolean,
): GraphValue {
  const found = reduce(graph, type, x, axes, keepDims);
  if (x.dtype !== "float32" || axes.length === 0) return found;
  const isNaN = cast(graph, graph.op("IsNaN", [x], { dtype: "bool" }), "int32");
  const hasNaN = cast(graph, reduce(graph, "ReduceMax", isNaN, axes, keepDims), "bool");
  return new Elementwise(graph).where(hasNaN, Number.NaN, found);
}

/** Keeps the lowest 32 bits of a sum, as JavaScript does; ONNX Runtime's own stops at the largest int32. */
function integerSum(graph: GraphBuilder, x: GraphValue, axes: readonly number[], keepDims: boolean): GraphValue {
  if (axes.length === 0) return toNumber(graph, x);
  return cast(graph, reduceAxes(graph, "ReduceSum", cast(graph, x, "int64"), axes, keepDims), "int32");
}

/**
 * The product in float64, of which the lowest 32 bits are kept, as JavaScript does. Beyond 53 bits the factors may be
 * rounded in another order than there.
 */
function integerProduct(graph: GraphBuilder, x: GraphValue, axes: readonly number[], keepDims: boolean): GraphValue {
  return truncateToInt(graph, reduce(graph, "ReduceProd", cast(graph, toNumber(graph, x), "float64"), axes, keepDims));
}

function toNumber(graph: GraphBuilder, x: GraphValue): GraphValue {
  return x.dtype === "bool" ? cast(graph, x, "int32") : x;
}

function argument(name: "ArgMax" | "ArgMin"): LazyKernel {
  return {
    name,
    record(inputs, attrs) {
      const x = input(inputs, "x");
      if (!NUMBERS.includes(x.dtype)) return null;
      const [axis = 0] = util.parseAxisParam(numbersAttribute(attrs, "axis"), x.shape);
      const [shape] = backend_util.computeOutAndReduceShapes(x.shape, [axis]);
      return { inputs: [x], outputs: [{ shape, dtype: "int32" }], attrs: { axis } };
    },
    lower(graph, [x], attrs) {
      const axis = Number(attrs["axis"]);
      if (x === undefined) return [];
      const shape = reducedShape(x.shape, [axis], false);
      // tfjs passes over NaN; the value that loses every comparison takes its place.
      const worst = name === "ArgMax" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
      const values =
        x.dtype === "float32" ? new Elementwise(graph).where(graph.op("IsNaN", [x], { dtype: "bool" }), worst, x) : x;
      return [cast(graph, graph.op(name, [values], { dtype: "int64", shape, attrs: { axis, keepdims: 0 } }), "int32")];
    },
  };
}
