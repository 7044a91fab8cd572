import type { GraphBuilder, GraphValue, NodeRequest } from "../contract/graph-builder.js";
import type { ProducerOf } from "./producer-of.js";
import { pushTranspose } from "./push-transpose.js";
import { isSameShape } from "./value-spec.js";

/**
 * Finds a value that already exists, or a cheaper node, for a requested one; `undefined` when it must be made.
 * Only rewrites that leave every number bit-equal: what a graph contains besides must never change a result.
 */
export function simplify(request: NodeRequest, producerOf: ProducerOf, graph: GraphBuilder): GraphValue | undefined {
  if ((request.domain ?? "") !== "") return undefined;
  const [input] = request.inputs;
  const [output] = request.outputs;
  if (input === undefined || output === undefined) return undefined;
  switch (request.type) {
    case "Identity":
      return input;
    case "Cast":
      if (input.dtype === output.dtype) return input;
      return castBack(input, output.dtype, producerOf) ?? pushTranspose(request, producerOf, graph);
    case "Reshape":
      return simplifyReshape(input, output.shape, producerOf, graph);
    case "Transpose":
      return simplifyTranspose(input, permutationOf(request), producerOf, graph);
    default:
      return pushTranspose(request, producerOf, graph) ?? withoutScalarReshapes(request, producerOf, graph);
  }
}

/** What a float32 value was cast from, where that is asked for: nothing was lost on the way. */
function castBack(input: GraphValue, dtype: string, producerOf: ProducerOf): GraphValue | undefined {
  if (input.dtype !== "float32" || (dtype !== "float16" && dtype !== "bfloat16")) return undefined;
  const producer = producerOf(input);
  const source = producer?.type === "Cast" ? producer.inputs[0] : undefined;
  return source?.dtype === dtype ? source : undefined;
}

/**
 * Arithmetic on two values that broadcast against each other: one of shape [1] counts as a scalar, with the same code.
 */
const BROADCASTING = new Set(["Add", "Sub", "Mul", "Div", "Max", "Min"]);

/** Lets arithmetic read a value of shape [1] where it was to read that value reshaped to a scalar. */
function withoutScalarReshapes(
  request: NodeRequest,
  producerOf: ProducerOf,
  graph: GraphBuilder,
): GraphValue | undefined {
  const [result] = request.outputs;
  if (!BROADCASTING.has(request.type) || result === undefined || result.shape.length === 0) return undefined;
  const inputs = request.inputs.map((input) =>
    input === undefined ? undefined : (singleBehind(input, producerOf) ?? input),
  );
  if (inputs.every((input, i) => input === request.inputs[i])) return undefined;
  return graph.op(request.type, inputs, { dtype: result.dtype, shape: result.shape });
}

function singleBehind(value: GraphValue, producerOf: ProducerOf): GraphValue | undefined {
  const producer = value.shape.length === 0 ? producerOf(value) : undefined;
  const origin = producer?.type === "Reshape" ? producer.inputs[0] : undefined;
  return origin?.shape.length === 1 ? origin : undefined;
}

function simplifyReshape(
  input: GraphValue,
  shape: readonly number[],
  producerOf: ProducerOf,
  graph: GraphBuilder,
): GraphValue | undefined {
  if (isSameShape(input.shape, shape)) return input;
  const producer = producerOf(input);
  const origin = producer?.type === "Reshape" ? producer.inputs[0] : undefined;
  if (origin === undefined) return undefined;
  return graph.op("Reshape", [origin, graph.constant(shape, "int64")], { shape });
}

function simplifyTranspose(
  input: GraphValue,
  perm: readonly number[],
  producerOf: ProducerOf,
  graph: GraphBuilder,
): GraphValue | undefined {
  if (perm.every((axis, i) => axis === i)) return input;
  const shape = perm.map((axis) => input.shape[axis] ?? 1);
  const producer = producerOf(input);
  const origin = producer?.type === "Transpose" ? producer.inputs[0] : undefined;
  if (producer !== undefined && origin !== undefined) {
    const inner = permutationOf(producer);
    return graph.op("Transpose", [origin], { shape, attrs: { perm: perm.map((axis) => inner[axis] ?? 0) } });
  }
  const moved = perm.filter((axis) => input.shape[axis] !== 1);
  const onlyOnesMove = moved.every((axis, i) => i === 0 || axis > (moved[i - 1] ?? -1));
  return onlyOnesMove ? graph.op("Reshape", [input, graph.constant(shape, "int64")], { shape }) : undefined;
}

function permutationOf(request: NodeRequest): readonly number[] {
  const perm = request.attrs?.["perm"];
  if (Array.isArray(perm)) return perm;
  const rank = request.inputs[0]?.shape.length ?? 0;
  return Array.from({ length: rank }, (_, i) => rank - 1 - i);
}
