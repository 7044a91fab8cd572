import type { DataType } from "@tensorflow/tfjs-core";
import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import type { LazyKernel } from "../contract/lazy-kernel.js";
import { input } from "./kernel-inputs.js";

export interface UnaryOptions {
  /** dtype of the result. @default that of `x` */
  readonly result?: DataType;
  /** dtypes of `x` that have a lowering; others run on the cpu backend. @default float32 */
  readonly accepts?: readonly DataType[];
}

const FLOATS: readonly DataType[] = ["float32"];

/** A kernel with the one input `x`, whose result has the same shape. */
export function unaryKernel(
  name: string,
  lower: (graph: GraphBuilder, x: GraphValue) => GraphValue,
  options: UnaryOptions = {},
): LazyKernel {
  const accepts = options.accepts ?? FLOATS;
  return {
    name,
    record(inputs) {
      const x = input(inputs, "x");
      if (!accepts.includes(x.dtype)) return null;
      return { inputs: [x], outputs: [{ shape: x.shape, dtype: options.result ?? x.dtype }] };
    },
    lower(graph, inputs) {
      const [x] = inputs;
      return x === undefined ? [] : [lower(graph, x)];
    },
  };
}
