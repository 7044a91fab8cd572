export interface DocExample {
  readonly code: string;
  /** Of the first line of code, counted from 1. */
  readonly line: number;
}

/** The TypeScript examples (`@example`, then a fenced block) in the doc comments of a source file. */
export function docExamples(source: string): DocExample[] {
  return [...source.matchAll(/^[ \t]*\/\*\*[\s\S]*?\*\//gm)].flatMap((comment) =>
    [...comment[0].matchAll(/^[ \t]*\* @example[^\n]*\n[ \t]*\* ```ts\n([\s\S]*?)^[ \t]*\* ```$/gm)].map((example) => ({
      code: (example[1] ?? "").replaceAll(/^[ \t]*\* ?/gm, ""),
      line: source.slice(0, comment.index + example.index).split("\n").length + 2,
    })),
  );
}
