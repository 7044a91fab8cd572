import type { Node } from "oxc-parser";
import type { Mutation } from "../mutation.js";

/** Methods with a sibling that does nearly the same, or that can be left out (undefined). */
const METHODS = new Map<string, string | undefined>([
  ["charAt", undefined],
  ["endsWith", "startsWith"],
  ["startsWith", "endsWith"],
  ["every", "some"],
  ["some", "every"],
  ["filter", undefined],
  ["reverse", undefined],
  ["toReversed", undefined],
  ["slice", undefined],
  ["sort", undefined],
  ["toSorted", undefined],
  ["substring", undefined],
  ["toLowerCase", "toUpperCase"],
  ["toUpperCase", "toLowerCase"],
  ["toLocaleLowerCase", "toLocaleUpperCase"],
  ["toLocaleUpperCase", "toLocaleLowerCase"],
  ["trim", undefined],
  ["trimEnd", "trimStart"],
  ["trimStart", "trimEnd"],
  ["min", "max"],
  ["max", "min"],
]);

/** Calls of another method, or of none, and `a?.b` that is sure of `a`. */
export function callMutations(node: Node, text: string): Mutation[] {
  const mutations: Mutation[] = [];
  if (node.type === "CallExpression" && node.callee.type === "MemberExpression" && !node.callee.computed) {
    const { object, property } = node.callee;
    if (property.type === "Identifier" && METHODS.has(property.name)) {
      const other = METHODS.get(property.name);
      const range =
        other === undefined ? { start: node.start, end: node.end } : { start: property.start, end: property.end };
      mutations.push({
        mutator: "MethodExpression",
        ...range,
        replacement: other ?? text.slice(object.start, object.end),
      });
    }
  }
  if ((node.type === "CallExpression" || node.type === "MemberExpression") && node.optional) {
    const before = node.type === "CallExpression" ? node.callee : node.object;
    const start = text.indexOf("?.", before.end);
    const isDotted = node.type === "MemberExpression" && !node.computed;
    mutations.push({ mutator: "OptionalChaining", start, end: start + 2, replacement: isDotted ? "." : "" });
  }
  return mutations;
}
