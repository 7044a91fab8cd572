import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import type { BinaryOperation, Term, UnaryOperation } from "../../programs/formula.js";
import { FusedKernelError } from "../../errors/fused-kernel-error.js";
import { binary, floatConstant } from "./emit.js";

const UNARY = { negate: "Neg", squareRoot: "Sqrt", absolute: "Abs" } as const satisfies Record<UnaryOperation, string>;
const BINARY = {
  add: "Add",
  subtract: "Sub",
  multiply: "Mul",
  divide: "Div",
  maximum: "Max",
  minimum: "Min",
} as const satisfies Record<BinaryOperation, string>;

export interface FormulaValues {
  readonly arrays: readonly (GraphValue | undefined)[];
  readonly numbers: readonly GraphValue[];
}

/** The terms of a formula as nodes of a graph, operation by operation as its program computes them. */
export function formulaNodes(
  graph: GraphBuilder,
  terms: readonly Term[],
  { arrays, numbers }: FormulaValues,
): GraphValue[] {
  const known = new Map<Term, GraphValue>();
  const valueOf = (term: Term): GraphValue => {
    const value = known.get(term) ?? compute(term);
    known.set(term, value);
    return value;
  };
  const compute = (term: Term): GraphValue => {
    switch (term.kind) {
      case "array":
        return given(arrays[term.index], "array", term.index);
      case "number":
        return given(numbers[term.index], "number", term.index);
      case "unary":
        return graph.op(UNARY[term.operation], [valueOf(term.operand)]);
      case "binary":
        return binary(graph, BINARY[term.operation], valueOf(term.left), valueOf(term.right));
      case "select":
        return selectNode(graph, valueOf(term.condition), valueOf(term.ifPositive), valueOf(term.otherwise));
      default:
        return term satisfies never;
    }
  };
  return terms.map(valueOf);
}

function selectNode(graph: GraphBuilder, condition: GraphValue, a: GraphValue, b: GraphValue): GraphValue {
  const { shape } = condition;
  const isPositive = graph.op("Greater", [condition, floatConstant(graph, 0)], { dtype: "bool", shape });
  return graph.op("Where", [isPositive, a, b], { dtype: "float32", shape });
}

function given(value: GraphValue | undefined, kind: string, index: number): GraphValue {
  if (value === undefined)
    throw new FusedKernelError(`A formula reads ${kind} ${index}, which the call does not have.`);
  return value;
}
