import { parseSync, type Node, type Program } from "oxc-parser";

/** Parses a TypeScript module. @throws when it does not parse */
export function parseModule(path: string, text: string): Program {
  const { program, errors } = parseSync(path, text, { lang: "ts", sourceType: "module" });
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path} does not parse: ${error.message}`);
  return program;
}

/** The nodes directly below a node, in the order of the text. */
export function childrenOf(node: Node): Node[] {
  if (node.type === "Property" && node.shorthand) return [node.value];
  const children: Node[] = [];
  for (const [key, value] of Object.entries(node)) {
    if (key === "parent") continue;
    if (Array.isArray(value)) children.push(...value.filter(isNode));
    else if (isNode(value)) children.push(value);
  }
  return children.sort((a, b) => a.start - b.start);
}

function isNode(value: unknown): value is Node {
  return (
    typeof value === "object" &&
    value !== null &&
    "type" in value &&
    typeof value.type === "string" &&
    "start" in value &&
    typeof value.start === "number"
  );
}

const TYPED_EXPRESSIONS = new Set([
  "TSAsExpression",
  "TSSatisfiesExpression",
  "TSNonNullExpression",
  "TSParameterProperty",
  "TSInstantiationExpression",
]);

/** True for what TypeScript erases: it cannot be mutated. */
export function isErased(node: Node): boolean {
  return node.type.startsWith("TS") && !TYPED_EXPRESSIONS.has(node.type);
}

/** True for what names another module: bundlers have to see it as it is. */
export function isImport(node: Node): boolean {
  return (
    node.type === "ImportDeclaration" ||
    node.type === "ImportExpression" ||
    node.type === "ExportAllDeclaration" ||
    (node.type === "ExportNamedDeclaration" && node.source !== null)
  );
}
