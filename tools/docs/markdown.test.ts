import { expect, it } from "vitest";
import { codeBlocks, relativeLinks } from "./markdown.js";

const page =
  "# Title\n\n```ts\nconst a = 1;\n```\n\nSee [one](./one.md#part), [two](https://example.org), [three](#here).\n\n```\n[no](link.md)\n```\n";

it("finds code blocks with their language and line", () => {
  expect(codeBlocks(page)).toEqual([
    { language: "ts", code: "const a = 1;\n", line: 3 },
    { language: "", code: "[no](link.md)\n", line: 9 },
  ]);
});

it("finds links to files, outside of code", () => {
  expect(relativeLinks(page)).toEqual(["./one.md"]);
});
