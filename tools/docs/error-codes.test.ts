import { describe, expect, it } from "vitest";
import { listedErrors, usesOf } from "./error-codes.js";

describe("the list of errors", () => {
  it("reads codes and classes from its tables", () => {
    const list = "| code | class | what | do |\n|---|---|---|---|\n| `LIT_A_B` | `AnError` | it is | do it |\n";
    expect(listedErrors(list)).toEqual([{ code: "LIT_A_B", className: "AnError" }]);
  });

  it("finds what a file throws, with the class beside the code", () => {
    const thrown = 'throw new AnError({\n  message: "x",\n  code: "LIT_A",\n});';
    const declared = 'export class B extends Error {\n  constructor() {\n    super({ code: "LIT_B" });\n  }\n}';
    expect(usesOf("a.ts", `${thrown}\n${declared}`).map(({ code, className }) => [code, className])).toEqual([
      ["LIT_A", "AnError"],
      ["LIT_B", "B"],
    ]);
  });

  it("finds codes of another scheme too, so that they can be refused", () => {
    expect(usesOf("a.ts", 'new AnError({ code: "ORT_RUN" })')[0]).toMatchObject({ code: "ORT_RUN", place: "a.ts:1" });
  });
});
