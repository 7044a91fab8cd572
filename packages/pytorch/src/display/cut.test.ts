import { describe, expect, it } from "vitest";
import { cut, fitWidths } from "./cut.js";
import { renderFramed } from "./framed-table.js";
import { renderTable } from "./render-table.js";

describe("a text that is cut", () => {
  it("is never wider than its place, with characters of two columns too", () => {
    expect([cut("abcdef", 6), cut("abcdef", 5), cut("准确率", 5), cut("准确率", 6)]).toEqual([
      "abcdef",
      "abcd…",
      "准确…",
      "准确率",
    ]);
  });
});

describe("widths", () => {
  it("give way from the widest on, and not below four columns", () => {
    expect(fitWidths([3, 10, 20], 40)).toEqual([3, 10, 20]);
    expect(fitWidths([3, 10, 20], 25)).toEqual([3, 10, 12]);
    expect(fitWidths([3, 10, 20], 15)).toEqual([3, 6, 6]);
    expect(fitWidths([3, 10, 20], 1)).toEqual([3, 4, 4]);
  });
});

describe("tables on a narrow terminal", () => {
  const rows = [
    ["Name", "Type"],
    ["a_rather_long_name", "Linear"],
  ];

  it("cut their widest cells", () => {
    expect(renderTable(rows, 20)).toEqual([
      "Name          Type",
      "────────────────────",
      "a_rather_lo…  Linear",
      "────────────────────",
    ]);
    expect(renderTable(rows)).toHaveLength(4);
  });

  it("keep their frame whole", () => {
    const lines = renderFramed(rows, (text) => text, 24);
    expect(new Set(lines.map((line) => line.length))).toEqual(new Set([24]));
    expect(lines[3]).toMatch(/^│ a_rather\w*… │ Linear │$/);
  });
});
