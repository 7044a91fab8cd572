import { expect, it } from "vitest";
import { renderTable } from "./render-table.js";

it("puts columns side by side, with lines below the header and the last row", () => {
  expect(
    renderTable([
      ["Name", "Type"],
      ["layer", "Linear"],
      ["b", ""],
    ]),
  ).toEqual(["Name   Type", "─────────────", "layer  Linear", "b", "─────────────"]);
});

it("counts columns of the terminal, not characters", () => {
  const [, rule, chinese, combining] = renderTable([
    ["", "x"],
    ["准确率", "1"],
    ["é".normalize("NFD"), "2"],
  ]);
  expect([rule, chinese, combining]).toEqual(["─────────", "准确率  1", `${"é".normalize("NFD")}       2`]);
});

it("keeps a row on one line, whatever is in its cells", () => {
  expect(renderTable([["a"], ["two\nlines"]])).toEqual(["a", "─────────", "two lines", "─────────"]);
});

it("makes room for rows that are longer than the header, and for none", () => {
  expect(renderTable([["a"], ["b", "c"]])).toEqual(["a", "────", "b  c", "────"]);
  expect(renderTable([["a"]])).toEqual(["a", "─", "─"]);
});

it("shows what a terminal would obey", () => {
  expect(renderTable([["a\u001b[2J\u0007"]])[0]).toBe(String.raw`a\x1b[2J\x07`);
});
