import type { Node } from "oxc-parser";
import type { Mutation } from "../mutation.js";
import { patternVariants } from "./patterns.js";

const TEXT = '"mutated"';

/** Other values in the place of literals: the opposite, or nothing. */
export function literalMutations(node: Node): Mutation[] {
  const { start, end } = node;
  const one = (mutator: string, replacement: string): Mutation[] => [{ mutator, start, end, replacement }];
  switch (node.type) {
    case "Literal":
      if (typeof node.value === "boolean") return one("BooleanLiteral", String(!node.value));
      if (typeof node.value === "string") return one("StringLiteral", node.value === "" ? TEXT : '""');
      if ("regex" in node)
        return patternVariants(node.regex.pattern).flatMap((pattern) =>
          one("Regex", `/${pattern}/${node.regex.flags}`),
        );
      return [];
    case "TemplateLiteral":
      return one("StringLiteral", end - start === 2 ? TEXT : '""');
    case "ArrayExpression":
      return one("ArrayDeclaration", node.elements.length === 0 ? `[${TEXT}]` : "[]");
    case "ObjectExpression":
      return node.properties.length === 0 ? [] : one("ObjectLiteral", "{}");
    default:
      return [];
  }
}
