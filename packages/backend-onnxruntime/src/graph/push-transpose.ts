import type { GraphBuilder, GraphValue, NodeRequest } from "../contract/graph-builder.js";
import type { ProducerOf } from "./producer-of.js";
import { isSameShape, elementCount } from "./value-spec.js";

/**
 * Ops that look at one place at a time and give a number the same bits wherever it lies: it does not matter whether
 * their inputs are transposed before or their result after.
 */
const ELEMENTWISE = new Set([
  "Abs",
  "Add",
  "Cast",
  "Ceil",
  "Clip",
  "Div",
  "Equal",
  "Erf",
  "Exp",
  "Floor",
  "Greater",
  "GreaterOrEqual",
  "HardSigmoid",
  "LeakyRelu",
  "Less",
  "LessOrEqual",
  "Max",
  "Min",
  "Mul",
  "Neg",
  "Not",
  "Or",
  "Pow",
  "Reciprocal",
  "Relu",
  "Sigmoid",
  "Sign",
  "Sqrt",
  "Sub",
  "Tanh",
  "Where",
]);

/**
 * Does an elementwise op before a transpose instead of after it, so that the transpose meets its inverse further on:
 * between two convolutions of [N, H, W, C] images nothing is left to transpose. The numbers stay the same bit by bit.
 */
export function pushTranspose(
  request: NodeRequest,
  producerOf: ProducerOf,
  graph: GraphBuilder,
): GraphValue | undefined {
  const [result] = request.outputs;
  if (!ELEMENTWISE.has(request.type) || result === undefined || request.outputs.length !== 1) return undefined;
  const perm = commonPermutation(request, result.shape, producerOf);
  if (perm === undefined) return undefined;
  const inverse = perm.map((_, axis) => perm.indexOf(axis));
  const inputs = request.inputs.map((input) => input && beforeTranspose(input, perm, inverse, producerOf, graph));
  const shape = inverse.map((axis) => result.shape[axis] ?? 1);
  const value = graph.op(request.type, inputs, {
    dtype: result.dtype,
    shape,
    ...(request.attrs === undefined ? {} : { attrs: request.attrs }),
  });
  return graph.op("Transpose", [value], { shape: result.shape, attrs: { perm } });
}

/** The permutation that made every input of full size; small inputs broadcast and can be permuted for nothing. */
function commonPermutation(
  request: NodeRequest,
  shape: readonly number[],
  producerOf: ProducerOf,
): readonly number[] | undefined {
  let common: readonly number[] | undefined;
  for (const input of request.inputs) {
    if (input === undefined || isVector(input)) continue;
    const perm = isSameShape(input.shape, shape) ? permutationBehind(input, producerOf) : undefined;
    if (perm === undefined || (common !== undefined && !isSameShape(perm, common))) return undefined;
    common = perm;
  }
  return common;
}

/** Whether at most one dimension is larger than 1. */
function isVector({ shape }: GraphValue): boolean {
  return shape.filter((extent) => extent !== 1).length <= 1;
}

function permutationBehind(value: GraphValue, producerOf: ProducerOf): readonly number[] | undefined {
  const producer = producerOf(value);
  if (producer?.type !== "Transpose") return undefined;
  const perm = producer.attrs?.["perm"];
  return Array.isArray(perm) ? perm : undefined;
}

function beforeTranspose(
  value: GraphValue,
  perm: readonly number[],
  inverse: readonly number[],
  producerOf: ProducerOf,
  graph: GraphBuilder,
): GraphValue {
  const behind = permutationBehind(value, producerOf);
  const origin = producerOf(value)?.inputs[0];
  if (behind !== undefined && origin !== undefined && isSameShape(behind, perm)) return origin;
  if (elementCount(value.shape) === 1) return value;
  const aligned = [...new Array<number>(perm.length - value.shape.length).fill(1), ...value.shape];
  const shape = inverse.map((axis) => aligned[axis] ?? 1);
  return graph.op("Reshape", [value, graph.constant(shape, "int64")], { shape });
}
