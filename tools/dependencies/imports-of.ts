/** One import or re-export of a module. */
export interface ImportStatement {
  readonly specifier: string;
  readonly kind: "static" | "type" | "dynamic";
  readonly isStarExport: boolean;
  /** Counted from 1. */
  readonly line: number;
}

// A statement begins its line, so examples in doc comments (` * import …`) are not taken for imports.
const STATIC = /^[ \t]*(import|export)\s+(type\s+)?([^;"'`]*?\bfrom\s*)?["']([^"'\n]+)["']/gm;
const DYNAMIC = /\bimport\(\s*["']([^"'\n]+)["']/g;

/** Finds the imports and re-exports of a TypeScript source text. */
export function importsOf(source: string): ImportStatement[] {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, " "));
  const found: ImportStatement[] = [];
  for (const match of code.matchAll(STATIC)) {
    const [, keyword, type, clause, specifier = ""] = match;
    if (keyword === "export" && clause === undefined) continue; // export const x = "…"
    found.push({
      specifier,
      kind: type === undefined ? "static" : "type",
      isStarExport: keyword === "export" && /^\*\s*from/.test(clause ?? ""),
      line: lineOf(code, match.index),
    });
  }
  for (const match of code.matchAll(DYNAMIC)) {
    found.push({ specifier: match[1] ?? "", kind: "dynamic", isStarExport: false, line: lineOf(code, match.index) });
  }
  return found;
}

/** `@scope/name` or `name` of a bare specifier. */
export function packageNameOf(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
