import { backend_util } from "@tensorflow/tfjs-core";
import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import type { GraphDtype } from "../contract/graph-dtype.js";

/**
 * Short forms for elementwise arithmetic whose operands broadcast; a number stands for a constant of the other's dtype.
 */
export class Elementwise {
  readonly #graph: GraphBuilder;

  constructor(graph: GraphBuilder) {
    this.#graph = graph;
  }

  add(a: GraphValue, b: Operand): GraphValue {
    return this.#binary("Add", a, b);
  }

  sub(a: GraphValue, b: Operand): GraphValue {
    return this.#binary("Sub", a, b);
  }

  mul(a: GraphValue, b: Operand): GraphValue {
    return this.#binary("Mul", a, b);
  }

  div(a: GraphValue, b: Operand): GraphValue {
    return this.#binary("Div", a, b);
  }

  pow(a: GraphValue, b: Operand): GraphValue {
    return this.#binary("Pow", a, b);
  }

  equal(a: GraphValue, b: Operand): GraphValue {
    return this.#binary("Equal", a, b, "bool");
  }

  less(a: GraphValue, b: Operand): GraphValue {
    return this.#binary("Less", a, b, "bool");
  }

  lessOrEqual(a: GraphValue, b: Operand): GraphValue {
    return this.#binary("LessOrEqual", a, b, "bool");
  }

  greater(a: GraphValue, b: Operand): GraphValue {
    return this.#binary("Greater", a, b, "bool");
  }

  greaterOrEqual(a: GraphValue, b: Operand): GraphValue {
    return this.#binary("GreaterOrEqual", a, b, "bool");
  }

  and(a: GraphValue, b: GraphValue): GraphValue {
    return this.#binary("And", a, b, "bool");
  }

  or(a: GraphValue, b: GraphValue): GraphValue {
    return this.#binary("Or", a, b, "bool");
  }

  xor(a: GraphValue, b: GraphValue): GraphValue {
    return this.#binary("Xor", a, b, "bool");
  }

  not(a: GraphValue): GraphValue {
    return this.#graph.op("Not", [a]);
  }

  /** `a` where `condition` holds, else `b`. */
  where(condition: GraphValue, a: Operand, b: Operand): GraphValue {
    const like = typeof a === "number" ? b : a;
    const dtype = typeof like === "number" ? "float32" : like.dtype;
    const x = this.#value(a, dtype);
    const y = this.#value(b, dtype);
    const shape = broadcast(condition.shape, broadcast(x.shape, y.shape));
    return this.#graph.op("Where", [condition, x, y], { dtype, shape });
  }

  unary(type: string, x: GraphValue): GraphValue {
    return this.#graph.op(type, [x]);
  }

  #binary(type: string, a: GraphValue, b: Operand, dtype?: GraphDtype): GraphValue {
    const other = this.#value(b, a.dtype);
    return this.#graph.op(type, [a, other], { dtype: dtype ?? a.dtype, shape: broadcast(a.shape, other.shape) });
  }

  #value(operand: Operand, dtype: GraphDtype): GraphValue {
    return typeof operand === "number" ? this.#graph.constant(operand, dtype) : operand;
  }
}

export type Operand = GraphValue | number;

export function broadcast(a: readonly number[], b: readonly number[]): number[] {
  return backend_util.assertAndGetBroadcastShape([...a], [...b]);
}
