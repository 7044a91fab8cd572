import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { CHART, type ChartOptions, colourOf, guideLines, horizontalLines, labelled, marksBelow } from "./frame.js";
import { type Scale, scaleFor } from "./scale.js";
import { element, picture, rounded, text } from "./svg.js";

export interface LineSeries {
  /** What the legend calls it; without names there is no legend. */
  readonly name?: string | undefined;
  /** @default 0, 1, 2, … */
  readonly x?: ArrayLike<number> | undefined;
  readonly y: ArrayLike<number>;
}

/**
 * Lines through points, as an SVG picture. A line has a gap where a number is not finite.
 * @example
 * ```ts
 * import { charts } from "@lightning-ts/core";
 *
 * const svg = charts.lineChart([{ name: "loss", y: [3, 2, 1.5] }], { title: "Training", xLabel: "epoch" });
 * console.log(svg.startsWith("<svg"));
 * ```
 */
export function lineChart(series: readonly LineSeries[], { guides = [], ...labels }: ChartOptions = {}): string {
  const points = series.map(pointsOf);
  const all = points.flat();
  const { left, right, top, bottom, width, height } = CHART;
  const x = scaleFor(
    all.map(([first]) => first),
    [left, right],
  );
  const y = scaleFor([...all.map(([, second]) => second), ...guides.map((guide) => guide.y)], [bottom, top]);
  const lines = points.map((line, i) => drawn(line, x, y, colourOf(i)));
  const content = [
    horizontalLines(y),
    guideLines(guides, y),
    marksBelow(x),
    ...lines,
    legend(series),
    labelled(labels, CHART),
  ];
  return picture(width + roomForNames(series), height, content.join(""));
}

type Point = readonly [x: number, y: number];

function pointsOf({ x, y, name }: LineSeries): Point[] {
  if (x !== undefined && x.length !== y.length)
    throw new MisconfigurationError({
      message: `The line ${name ?? "without a name"} has not as many x as y.`,
      expected: `${y.length} of each`,
      received: `${x.length} x`,
    });
  return Array.from(y, (value, i) => [x === undefined ? i : (x[i] ?? Number.NaN), value] as const);
}

function drawn(points: readonly Point[], x: Scale, y: Scale, colour: string): string {
  const parts: string[][] = [[]];
  for (const [a, b] of points) {
    if (Number.isFinite(a) && Number.isFinite(b)) parts.at(-1)?.push(`${rounded(x.place(a))},${rounded(y.place(b))}`);
    else parts.push([]);
  }
  return parts
    .filter((part) => part.length > 0)
    .map((part) => stretch(part, colour))
    .join("");
}

/** Points in a row; one alone is a dot. */
function stretch(part: readonly string[], colour: string): string {
  const [first = ""] = part;
  const [cx, cy] = first.split(",");
  if (part.length === 1) return element("circle", { cx, cy, r: 3, fill: colour });
  return element("polyline", { points: part.join(" "), fill: "none", stroke: colour, "stroke-width": 2 });
}

/** Beside the lines, so that it hides none of them. */
function roomForNames(series: readonly LineSeries[]): number {
  const longest = Math.max(0, ...series.map(({ name }) => name?.length ?? 0));
  return longest === 0 ? 0 : 20 + longest * 8;
}

function legend(series: readonly LineSeries[]): string {
  const named = series.flatMap(({ name }, i) => (name === undefined ? [] : [[name, colourOf(i)] as const]));
  return named
    .map(([name, colour], i) => {
      const y = CHART.top + 8 + 16 * i;
      const mark = element("rect", { x: CHART.right + 14, y: y - 5, width: 10, height: 10, fill: colour });
      return mark + text(name, { x: CHART.right + 30, y: y + 4 });
    })
    .join("");
}
