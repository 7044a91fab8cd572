import { escaped, element, text } from "./svg.js";
import { type Scale, written } from "./scale.js";

export interface ChartLabels {
  readonly title?: string | undefined;
  readonly xLabel?: string | undefined;
  readonly yLabel?: string | undefined;
}

/** A dashed line at a height that is worth to be seen, such as a bound of what is drawn. */
export interface Guide {
  readonly y: number;
  /** Words at its end. @default none */
  readonly text?: string | undefined;
}

export interface ChartOptions extends ChartLabels {
  /** The chart is as high as they ask for. @default [] */
  readonly guides?: readonly Guide[] | undefined;
}

/** Colours that stay apart for people who see few of them (Okabe and Ito's). */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"];

export const colourOf = (index: number): string => COLOURS[index % COLOURS.length] ?? "#000000";

/** The size of a chart, and the rectangle in it where data are drawn. */
export const CHART = { width: 560, height: 360, left: 70, right: 540, top: 40, bottom: 305 } as const;

/** Title and names of both axes around a rectangle. */
export function labelled({ title, xLabel, yLabel }: ChartLabels, box: typeof CHART | ChartBox): string {
  const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  const middle = { "text-anchor": "middle" };
  return [
    title === undefined ? "" : text(title, { x, y: 22, "font-size": 15, "font-weight": "bold", ...middle }),
    xLabel === undefined ? "" : text(xLabel, { x, y: box.height - 14, ...middle }),
    yLabel === undefined
      ? ""
      : element("text", { transform: `translate(18 ${y}) rotate(-90)`, ...middle }, escaped(yLabel)),
  ].join("");
}

export interface ChartBox {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Lines at the round numbers of the y axis, with their numbers. */
export function horizontalLines({ ticks, place }: Scale): string {
  const { left, right } = CHART;
  return ticks
    .map((tick) => {
      const y = place(tick);
      const line = element("line", { x1: left, x2: right, y1: y, y2: y, stroke: "#dddddd" });
      return line + text(written(tick), { x: left - 8, y: y + 4, "text-anchor": "end", fill: "#555555" });
    })
    .join("");
}

/** Dashed lines of a chart; their words are inside, where lines and bars are seldom. */
export function guideLines(guides: readonly Guide[], { place }: Scale): string {
  const { left, right } = CHART;
  return guides
    .map(({ y, text: words }) => {
      const at = place(y);
      const line = element("line", {
        x1: left,
        x2: right,
        y1: at,
        y2: at,
        stroke: "#555555",
        "stroke-dasharray": "6 4",
      });
      return words === undefined ? line : line + text(words, { x: right - 4, y: at - 4, "text-anchor": "end" });
    })
    .join("");
}

/** Marks at the round numbers of the x axis, with their numbers. */
export function marksBelow({ ticks, place }: Scale): string {
  const { left, right, bottom } = CHART;
  const axis = element("line", { x1: left, x2: right, y1: bottom, y2: bottom, stroke: "#555555" });
  const marks = ticks.map((tick) => {
    const x = place(tick);
    const mark = element("line", { x1: x, x2: x, y1: bottom, y2: bottom + 4, stroke: "#555555" });
    return mark + text(written(tick), { x, y: bottom + 18, "text-anchor": "middle", fill: "#555555" });
  });
  return axis + marks.join("");
}
