import { columnWidths } from "./column-widths.js";
import { cut, fitWidths } from "./cut.js";
import { oneLine } from "./one-line.js";
import { textWidth } from "./text-width.js";

/** What a cell takes beside its text: a line and two spaces. */
const FRAME_COLUMNS = 3;

/**
 * A table in a frame, with a line below its header. Widths are those of a terminal.
 * @param rows the header first
 * @param paintHeader adds colours, and no width
 * @param columns of the terminal; cells of the widest columns are cut to fit
 */
export function renderFramed(
  rows: readonly (readonly string[])[],
  paintHeader: (text: string) => string,
  columns: number = Number.POSITIVE_INFINITY,
): string[] {
  const cells = rows.map((row) => row.map(oneLine));
  const wanted = columnWidths(cells);
  const widths = fitWidths(wanted, columns - FRAME_COLUMNS * wanted.length - 1);
  const rule = (left: string, middle: string, right: string, line: string): string =>
    `${left}${widths.map((width) => line.repeat(width + 2)).join(middle)}${right}`;
  const lineOf = (row: readonly string[], bar: string, paint: (text: string) => string): string => {
    const parts = widths.map((width, i) => {
      const cell = cut(row[i] ?? "", width);
      return ` ${paint(cell)}${" ".repeat(width - textWidth(cell))} `;
    });
    return `${bar}${parts.join(bar === "┃" ? "┃" : "│")}${bar}`;
  };
  const [header = [], ...body] = cells;
  return [
    rule("┏", "┳", "┓", "━"),
    lineOf(header, "┃", paintHeader),
    rule("┡", "╇", "┩", "━"),
    ...body.map((row) => lineOf(row, "│", (text) => text)),
    rule("└", "┴", "┘", "─"),
  ];
}
