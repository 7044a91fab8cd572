import type { GraphBuilder, GraphValue, NodeRequest } from "../contract/graph-builder.js";
import type { HalfValues } from "./half-values.js";

/**
 * A product of operands that autocast has rounded, in the type that they were rounded to, where the device has a kernel
 * for it; the result is float32 again. What autocast means stays the same, but for sums: how long they are float32 is
 * then up to the kernel.
 * @returns `undefined` where the product stays as it is
 */
export function inHalf(graph: GraphBuilder, request: NodeRequest, halves: HalfValues): GraphValue | undefined {
  const { computeDtype: dtype, target } = graph;
  const [output] = request.outputs;
  if (dtype === "float32" || output?.dtype !== "float32" || target?.halves === undefined) return undefined;
  const { type, domain, attrs = {}, inputs } = request;
  const name = domain === undefined || domain === "" ? type : `${domain}:${type}`;
  if (!target.halves[dtype].includes(name)) return undefined;
  const [left, right, rest] = inputs.map((input) => input && halves.of(input, dtype));
  if (left === undefined || right === undefined) return undefined;
  const given = inputs[2];
  const isAdded = given !== undefined && rest === undefined;
  if (isAdded && type !== "Gemm") return undefined;
  const { shape } = output;
  const operands = rest === undefined ? [left, right] : [left, right, rest];
  const product = graph.op(type, operands, { dtype, shape, attrs, ...(domain === undefined ? {} : { domain }) });
  const result = graph.op("Cast", [product], { dtype: "float32", attrs: { to: 1 } });
  return isAdded ? graph.op("Add", [result, given], { shape }) : result;
}
