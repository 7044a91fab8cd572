import { describe, expect, it } from "vitest";
import { barChart, beside, heatmap, lineChart } from "./index.js";
import { scaleFor, written } from "./scale.js";

/** Every element is closed, and nothing in it is no number. */
function expectWellFormed(svg: string): void {
  const open: string[] = [];
  for (const [tag, end, name = "", close] of svg.matchAll(/<(\/?)(\w+)(?:"[^"]*"|[^">])*?(\/?)>/g)) {
    if (end === "/") expect(open.pop(), tag).toBe(name);
    else if (close === "") open.push(name);
  }
  expect(open).toEqual([]);
  for (const [, value] of svg.matchAll(/ (?:x|y|x1|x2|y1|y2|cx|cy|width|height|points)="([^"]*)"/g))
    expect(value).not.toMatch(/NaN|Infinity/);
}

describe("charts", () => {
  it("draw lines with gaps where numbers are not finite, and points alone as dots", () => {
    const y = [1, 2, Number.NaN, 5, Number.POSITIVE_INFINITY, 3, 4];
    const svg = lineChart(
      [
        { name: "a", y },
        { name: "b", y: [2, 2, 2] },
      ],
      { title: "T", xLabel: "X", yLabel: "Y" },
    );
    expectWellFormed(svg);
    expect(svg.match(/<polyline/g)).toHaveLength(3);
    expect(svg.match(/<circle/g)).toHaveLength(1);
    for (const words of ["T", "X", "Y", "a", "b"]) expect(svg).toContain(`>${words}</text>`);
    expect(() => lineChart([{ x: [1], y: [1, 2] }])).toThrow(/Expected 2 of each. Received 1 x/);
  });

  it("draw what has no numbers, one value, and equal values", () => {
    const pictures = [lineChart([]), lineChart([{ y: [] }]), lineChart([{ y: [3] }]), lineChart([{ y: [0, 0, 0] }])];
    pictures.push(barChart([]), heatmap([]), heatmap([[0, 0]]), barChart([{ name: "n", value: Number.NaN }]));
    for (const svg of [...pictures, beside([]), beside(pictures)]) expectWellFormed(svg);
  });

  it("put bars on both sides of 0, with their numbers", () => {
    const svg = barChart([
      { name: "up", value: 0.25 },
      { name: "down", value: -0.5 },
    ]);
    expectWellFormed(svg);
    const heights = [...svg.matchAll(/<rect x[^>]* height="([\d.]+)"/g)].map(([, height]) => Number(height));
    expect(Number(heights[1]) / Number(heights[0])).toBeCloseTo(2, 3);
    expect(svg).toContain(">0.25</text>");
    expect(svg).toContain(">-0.5</text>");
  });

  it("colour the largest number darkest, and show words as they are", () => {
    const svg = heatmap(
      [
        [4, 0],
        [Number.NaN, 2],
      ],
      { rowNames: ["<a & b>", '"c"'] },
    );
    expectWellFormed(svg);
    expect(svg).toContain("rgb(0,114,178)");
    expect(svg).toContain("&lt;a &amp; b&gt;");
    expect(svg).toContain(">NaN</text>");
  });

  it("have round numbers beside them", () => {
    expect(scaleFor([0.03, 0.97], [0, 100]).ticks).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(scaleFor([-3, 12], [0, 1]).ticks).toEqual([-5, 0, 5, 10, 15]);
    expect(scaleFor([1e-7, 3e-7], [0, 1]).place(3e-7)).toBeCloseTo(1);
    expect([0.1 + 0.2, 1234567, 0.00012, -0, Number.NEGATIVE_INFINITY].map(written)).toEqual([
      "0.3",
      "1.235e+6",
      "1.2e-4",
      "0",
      "−∞",
    ]);
  });
});
