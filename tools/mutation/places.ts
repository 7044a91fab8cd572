import type { BlockStatement, ExpressionStatement, Node } from "oxc-parser";
import { childrenOf } from "./syntax.js";

/**
 * The children that cannot become a conditional expression: targets of assignments, callees (which would lose their
 * `this`) and the links of an optional chain. Their mutations move to the node itself.
 */
export function bareChildren(node: Node, isBare: boolean): ReadonlySet<Node> {
  switch (node.type) {
    case "AssignmentExpression":
      return new Set([node.left]);
    case "UpdateExpression":
      return new Set([node.argument]);
    case "UnaryExpression":
      return new Set(node.operator === "delete" ? [node.argument] : []);
    case "CallExpression":
    case "NewExpression":
      return new Set([node.callee]);
    case "TaggedTemplateExpression":
      return new Set([node.tag]);
    case "ChainExpression":
      return new Set([node.expression]);
    case "MemberExpression":
      return new Set(isBare && isOptional(node.object) ? [node.object] : []);
    case "TSNonNullExpression":
      return new Set(isBare ? [node.expression] : []);
    default:
      return new Set();
  }
}

/** The child whose text stays as it is: a key, or the text of a tagged template. */
export function fixedChild(node: Node): Node | undefined {
  switch (node.type) {
    case "Property":
    case "PropertyDefinition":
    case "MethodDefinition":
    case "AccessorProperty":
      return node.computed ? undefined : node.key;
    case "TaggedTemplateExpression":
      return node.quasi;
    default:
      return undefined;
  }
}

/** What the child decides in its parent. */
export function conditionUse(parent: Node, child: Node): "loop" | "test" | "arrow" | undefined {
  switch (parent.type) {
    case "IfStatement":
    case "ConditionalExpression":
      return parent.test === child ? "test" : undefined;
    case "WhileStatement":
    case "DoWhileStatement":
    case "ForStatement":
      return parent.test === child ? "loop" : undefined;
    case "ArrowFunctionExpression":
      return parent.expression && parent.body === child ? "arrow" : undefined;
    default:
      return undefined;
  }
}

/** True for a statement that can be left out alone. */
export function isRemovable(statement: ExpressionStatement): boolean {
  return statement.expression.type !== "Literal" && !callsSuper(statement);
}

/** True for a block with something in it that no smaller mutation leaves out as a whole. */
export function isEmptiable(block: BlockStatement): boolean {
  const [first, ...more] = block.body;
  if (first === undefined) return false;
  if (more.length === 0 && first.type === "ExpressionStatement" && isRemovable(first)) return false;
  return !block.body.some(callsSuper);
}

function callsSuper(statement: Node): boolean {
  return (
    statement.type === "ExpressionStatement" &&
    statement.expression.type === "CallExpression" &&
    statement.expression.callee.type === "Super"
  );
}

function isOptional(node: Node): boolean {
  if (node.type === "MemberExpression") return node.optional || isOptional(node.object);
  if (node.type === "CallExpression") return node.optional || isOptional(node.callee);
  return node.type === "TSNonNullExpression" && childrenOf(node).some(isOptional);
}
