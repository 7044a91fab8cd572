import { backend_util, type DataType } from "@tensorflow/tfjs-core";
import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import type { LazyKernel } from "../contract/lazy-kernel.js";
import { input } from "./kernel-inputs.js";

export interface BinaryOptions {
  /** dtype of the result. @default that of `a` */
  readonly result?: DataType;
  /** dtypes that have a lowering; others run on the cpu backend. @default float32 and int32 */
  readonly accepts?: readonly DataType[];
}

const NUMBERS: readonly DataType[] = ["float32", "int32"];

export type BinaryLowering = (
  graph: GraphBuilder,
  a: GraphValue,
  b: GraphValue,
  shape: readonly number[],
) => GraphValue;

/** A kernel with the inputs `a` and `b` of one dtype, broadcast against each other. */
export function binaryKernel(name: string, lower: BinaryLowering, options: BinaryOptions = {}): LazyKernel {
  const accepts = options.accepts ?? NUMBERS;
  return {
    name,
    record(inputs) {
      const a = input(inputs, "a");
      const b = input(inputs, "b");
      if (a.dtype !== b.dtype || !accepts.includes(a.dtype)) return null;
      const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
      return { inputs: [a, b], outputs: [{ shape, dtype: options.result ?? a.dtype }] };
    },
    lower(graph, inputs) {
      const [a, b] = inputs;
      return a === undefined || b === undefined
        ? []
        : [lower(graph, a, b, backend_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]))];
    },
  };
}
