import type { Node } from "oxc-parser";
import type { Mutation } from "../mutation.js";

const ARITHMETIC: Readonly<Record<string, string>> = {
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "%": "*",
  "&": "|",
  "|": "&",
  "^": "&",
  "<<": ">>",
  ">>": "<<",
  ">>>": "<<",
};
const COMPARISON: Readonly<Record<string, readonly string[]>> = {
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "==": ["!="],
  "!=": ["=="],
  "===": ["!=="],
  "!==": ["==="],
};
const LOGICAL: Readonly<Record<string, string>> = { "&&": "||", "||": "&&", "??": "&&" };
const ASSIGNMENT: Readonly<Record<string, string>> = {
  "+=": "-=",
  "-=": "+=",
  "*=": "/=",
  "/=": "*=",
  "%=": "*=",
  "&=": "|=",
  "|=": "&=",
  "^=": "&=",
  "<<=": ">>=",
  ">>=": "<<=",
  "??=": "&&=",
  "&&=": "||=",
  "||=": "&&=",
};
/** Operators whose result is a truth value: it may be always true, or always false. */
const TRUTH = new Set([...Object.keys(COMPARISON), "&&", "||", "in", "instanceof"]);

/** Other operators, and truth values that are always the same. */
export function operatorMutations(node: Node, text: string): Mutation[] {
  const { start, end } = node;
  switch (node.type) {
    case "BinaryExpression": {
      const { left, right, operator } = node;
      const swap = (mutator: string, other: string): Mutation => ({
        mutator,
        start,
        end,
        replacement: `${text.slice(start, left.end)} ${other} ${text.slice(right.start, end)}`,
      });
      const isText = operator === "+" && [left, right].some(isTextual);
      const other = isText ? undefined : ARITHMETIC[operator];
      return [
        ...(other === undefined ? [] : [swap("ArithmeticOperator", other)]),
        ...(COMPARISON[operator] ?? []).map((comparison) => swap("EqualityOperator", comparison)),
      ];
    }
    case "LogicalExpression": {
      const replacement = `${text.slice(start, node.left.end)} ${LOGICAL[node.operator] ?? "&&"} ${text.slice(node.right.start, end)}`;
      // A mixture of ?? with && or || does not parse without parentheses.
      const isMixed = [node.left, node.right].some(({ type }) => type === "LogicalExpression");
      return node.operator === "??" && isMixed ? [] : [{ mutator: "LogicalOperator", start, end, replacement }];
    }
    case "AssignmentExpression": {
      const other = ASSIGNMENT[node.operator];
      const replacement = `${text.slice(start, node.left.end)} ${other} ${text.slice(node.right.start, end)}`;
      return other === undefined ? [] : [{ mutator: "AssignmentOperator", start, end, replacement }];
    }
    case "UnaryExpression": {
      const argument = text.slice(node.argument.start, end);
      if (node.operator === "!") return [{ mutator: "BooleanLiteral", start, end, replacement: argument }];
      const other: string | undefined = { "-": "+", "+": "-", "~": "" }[String(node.operator)];
      return other === undefined ? [] : [{ mutator: "UnaryOperator", start, end, replacement: other + argument }];
    }
    case "UpdateExpression": {
      const other = node.operator === "++" ? "--" : "++";
      const argument = text.slice(node.argument.start, node.argument.end);
      const replacement = node.prefix ? other + argument : argument + other;
      return [{ mutator: "UpdateOperator", start, end, replacement }];
    }
    default:
      return [];
  }
}

/** What a condition is mutated to: always true and always false. A loop that never ends is not tried. */
export function conditionMutations(node: Node, use: "loop" | "test" | undefined): Mutation[] {
  const isTruth = (node.type === "BinaryExpression" || node.type === "LogicalExpression") && TRUTH.has(node.operator);
  if (use === undefined && !isTruth) return [];
  if (node.type === "Literal") return [];
  const values = use === "loop" ? ["false"] : ["true", "false"];
  return values.map((replacement) => ({
    mutator: "ConditionalExpression",
    start: node.start,
    end: node.end,
    replacement,
  }));
}

function isTextual(node: Node): boolean {
  return node.type === "TemplateLiteral" || (node.type === "Literal" && typeof node.value === "string");
}
