import { CHART, type ChartOptions, colourOf, guideLines, horizontalLines, labelled } from "./frame.js";
import { scaleFor, written } from "./scale.js";
import { element, picture, text } from "./svg.js";

export interface Bar {
  readonly name: string;
  readonly value: number;
}

/**
 * Bars from 0 on, each with its number, as an SVG picture. What is not finite has its number and no bar.
 * @example
 * ```ts
 * import { charts } from "@lightning-ts/core";
 *
 * console.log(charts.barChart([{ name: "cat", value: 0.5 }, { name: "dog", value: 0.8 }], { title: "Recall" }).length);
 * ```
 */
export function barChart(bars: readonly Bar[], { guides = [], ...labels }: ChartOptions = {}): string {
  const { left, right, top, bottom, width, height } = CHART;
  const y = scaleFor([0, ...bars.map(({ value }) => value), ...guides.map((guide) => guide.y)], [bottom, top]);
  const room = (right - left) / Math.max(1, bars.length);
  const zero = y.place(0);
  const drawn = bars.map(({ name, value }, i) => {
    const middle = left + room * (i + 0.5);
    const end = Number.isFinite(value) ? y.place(value) : zero;
    const rect = { x: middle - room * 0.35, y: Math.min(zero, end), width: room * 0.7, height: Math.abs(zero - end) };
    return [
      element("rect", { ...rect, fill: colourOf(0) }),
      text(written(value), { x: middle, y: end + (end > zero ? 14 : -5), "text-anchor": "middle" }),
      text(name, { x: middle, y: bottom + 18, "text-anchor": "middle", fill: "#555555" }),
    ].join("");
  });
  const axis = element("line", { x1: left, x2: right, y1: zero, y2: zero, stroke: "#555555" });
  return picture(
    width,
    height,
    [horizontalLines(y), guideLines(guides, y), ...drawn, axis, labelled(labels, CHART)].join(""),
  );
}
