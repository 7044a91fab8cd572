import { describe, expect, it } from "vitest";
import { docExamples } from "./doc-examples.js";

describe("examples in doc comments", () => {
  it("are found with their line, without the stars of the comment", () => {
    const source = [
      "const x = 1;",
      "/**",
      " * Counts.",
      " *",
      " * @example",
      " * ```ts",
      ' * import { Counter } from "counter";',
      " *",
      " * for (const n of new Counter()) {",
      " *   console.log(n);",
      " * }",
      " * ```",
      " */",
      "class Counter {}",
    ].join("\n");
    const code = 'import { Counter } from "counter";\n\nfor (const n of new Counter()) {\n  console.log(n);\n}\n';
    expect(docExamples(source)).toEqual([{ code, line: 7 }]);
  });

  it("are not fenced blocks without the tag, and not text outside of doc comments", () => {
    expect(docExamples("/**\n * Text.\n * ```ts\n * x;\n * ```\n */")).toEqual([]);
    expect(docExamples("/*\n * @example\n * ```ts\n * x;\n * ```\n */")).toEqual([]);
  });

  it("may be several in one comment", () => {
    const block = " * @example\n * ```ts\n * x;\n * ```\n";
    expect(docExamples(`/**\n${block}${block} */`).map(({ line }) => line)).toEqual([4, 8]);
  });
});
