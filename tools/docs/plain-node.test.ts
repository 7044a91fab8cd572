import { expect, it } from "vitest";
import { beyondPlainNode } from "./plain-node.js";

it("names the line that Node 22 cannot parse once the types are gone", () => {
  expect(beyondPlainNode('const x: number = 1;\nusing file = open("a");\n')).toBe('using file = open("a");');
  expect(beyondPlainNode("await using scope: Scope = open();\n")).toBe("await using scope = open();");
  expect(beyondPlainNode("class Net {\n  @logged\n  forward() {}\n}\n")).toContain("@logged");
});

it("has nothing against types, fields, private names and await at the top", () => {
  const code =
    "class Net<T> extends Base {\n  readonly #x: T | undefined;\n  static readonly y = 1;\n}\nawait new Net<number>();\n";
  expect(beyondPlainNode(code)).toBeUndefined();
});
