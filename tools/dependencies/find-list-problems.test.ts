import { describe, expect, it } from "vitest";
import { findListProblems } from "./find-list-problems.js";

const orders = { core: { layers: ["errors", "tensor/engine", "nn"] }, umbrella: { layers: [] } };
const list = (...names: string[]) => ["### `core`", "", ...names.map((name, i) => `${i + 1}. \`${name}\` is one.`)];

describe("findListProblems", () => {
  it("accepts the same folders in the same order", () => {
    const page = [
      "# Page",
      "",
      ...list("errors", "tensor/engine", "nn"),
      "   and goes on",
      "## More",
      "1. `x` is no folder.",
    ];
    expect(findListProblems(page.join("\n"), orders)).toEqual([]);
  });

  it.each([
    ["another order", list("tensor/engine", "errors", "nn")],
    ["one that is missing", list("errors", "nn")],
    ["one too many", list("errors", "tensor/engine", "nn", "old")],
    ["no list", []],
    ["a folder without a sentence", ["### `core`", "1. `errors`", "2. `tensor/engine` is.", "3. `nn` is."]],
  ])("refuses %s", (_, lines) => {
    expect(findListProblems(lines.join("\n"), orders)).toEqual([
      expect.stringMatching(/^lists the folders of core as .*; they are errors, tensor\/engine, nn\.$/),
    ]);
  });
});
