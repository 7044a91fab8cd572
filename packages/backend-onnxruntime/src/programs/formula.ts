/**
 * A computation on corresponding float32 elements of several arrays, written once: a runner's program and the nodes of
 * a graph are made from it and give the same bits. A term that is used several times is computed once.
 */
export type Term =
  | { readonly kind: "array"; readonly index: number }
  /** One float32 number for all elements. */
  | { readonly kind: "number"; readonly index: number }
  | { readonly kind: "unary"; readonly operation: UnaryOperation; readonly operand: Term }
  | { readonly kind: "binary"; readonly operation: BinaryOperation; readonly left: Term; readonly right: Term }
  /** `ifPositive` where the condition is above 0, `otherwise` elsewhere, also where it is NaN. */
  | { readonly kind: "select"; readonly condition: Term; readonly ifPositive: Term; readonly otherwise: Term };

export type UnaryOperation = "negate" | "squareRoot" | "absolute";
export type BinaryOperation = "add" | "subtract" | "multiply" | "divide" | "maximum" | "minimum";

const unary =
  (operation: UnaryOperation) =>
  (operand: Term): Term => ({ kind: "unary", operation, operand });
const binary =
  (operation: BinaryOperation) =>
  (left: Term, right: Term): Term => ({ kind: "binary", operation, left, right });

export const negate = unary("negate");
export const squareRoot = unary("squareRoot");
export const absolute = unary("absolute");
export const add = binary("add");
export const subtract = binary("subtract");
export const multiply = binary("multiply");
export const divide = binary("divide");
export const maximum = binary("maximum");
export const minimum = binary("minimum");

export function select(condition: Term, ifPositive: Term, otherwise: Term): Term {
  return { kind: "select", condition, ifPositive, otherwise };
}

/** What a term is made of. */
export function operandsOf(term: Term): readonly Term[] {
  switch (term.kind) {
    case "array":
    case "number":
      return [];
    case "unary":
      return [term.operand];
    case "binary":
      return [term.left, term.right];
    case "select":
      return [term.condition, term.ifPositive, term.otherwise];
    default:
      return term satisfies never;
  }
}
