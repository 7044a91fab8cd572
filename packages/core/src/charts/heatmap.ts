import { type ChartLabels, labelled } from "./frame.js";
import { written } from "./scale.js";
import { element, picture, text } from "./svg.js";

export interface HeatmapOptions extends ChartLabels {
  /** @default their numbers */
  readonly rowNames?: readonly string[] | undefined;
  /** @default their numbers */
  readonly columnNames?: readonly string[] | undefined;
}

const CELL = 48;
/** About how wide a letter of a title is. */
const LETTER = 9;

/**
 * A table of numbers with a colour for each, from white for the least to blue for the largest, as an SVG picture.
 * @example
 * ```ts
 * import { charts } from "@lightning-ts/core";
 *
 * console.log(charts.heatmap([[5, 1], [0, 4]], { rowNames: ["cat", "dog"], columnNames: ["cat", "dog"] }).length);
 * ```
 */
export function heatmap(values: readonly (readonly number[])[], options: HeatmapOptions = {}): string {
  const columns = values[0]?.length ?? 0;
  const [left, top] = [80, 40];
  const [right, bottom] = [left + CELL * columns, top + CELL * values.length];
  // A title may be wider than a table of few columns.
  const width = Math.max(right + 20, (left + right) / 2 + ((options.title?.length ?? 0) * LETTER) / 2 + 10);
  const box = { width, height: bottom + 55, left, right, top, bottom };
  const finite = values.flat().filter((value) => Number.isFinite(value));
  const least = finite.reduce((a, b) => Math.min(a, b), Infinity);
  const most = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  const shareOf = (value: number) => (most > least ? (value - least) / (most - least) : 0);
  const cells = values.flatMap((row, i) =>
    row.map((value, j) => cell(value, shareOf(value), left + CELL * j, top + CELL * i)),
  );
  const rows = values.map((_, i) =>
    text(options.rowNames?.[i] ?? String(i), { x: left - 8, y: top + CELL * (i + 0.5) + 4, "text-anchor": "end" }),
  );
  const below = Array.from({ length: columns }, (_, j) =>
    text(options.columnNames?.[j] ?? String(j), {
      x: left + CELL * (j + 0.5),
      y: bottom + 16,
      "text-anchor": "middle",
    }),
  );
  return picture(box.width, box.height, [...cells, ...rows, ...below, labelled(options, box)].join(""));
}

function cell(value: number, share: number, x: number, y: number): string {
  const isFinite = Number.isFinite(value);
  // From white to #0072b2.
  const mixed = [0, 114, 178].map((dark) => Math.round(255 + (dark - 255) * (isFinite ? share : 0)));
  const rect = element("rect", { x, y, width: CELL, height: CELL, fill: `rgb(${mixed.join(",")})`, stroke: "#cccccc" });
  const fill = isFinite && share > 0.5 ? "#ffffff" : "#000000";
  return rect + text(written(value), { x: x + CELL / 2, y: y + CELL / 2 + 4, "text-anchor": "middle", fill });
}
