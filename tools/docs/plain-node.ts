import { transformSync } from "esbuild";

/** The first Node that runs TypeScript by removing the types, and nothing else. */
const NODE = "node22.18";

/**
 * What of an example that Node has to run by removing its types it cannot parse, such as `using` or a decorator.
 * @param code TypeScript; what is no whole program may be left out of it
 * @returns undefined if Node can parse all of it
 */
export function beyondPlainNode(code: string): string | undefined {
  const [asWritten, lowered] = ["esnext", NODE].map((target) => transformSync(code, { loader: "ts", target }).code);
  if (asWritten === undefined || asWritten === lowered) return undefined;
  const known = new Set(lowered?.split("\n"));
  // Around a `using` at the top esbuild writes other lines anew too.
  const changed = asWritten.split("\n").filter((line) => !known.has(line));
  return changed.find((line) => /\busing\b|^\s*@/.test(line)) ?? changed[0] ?? asWritten;
}
