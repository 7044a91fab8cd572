import { columnWidths } from "./column-widths.js";
import { cut, fitWidths } from "./cut.js";
import { oneLine } from "./one-line.js";
import { textWidth } from "./text-width.js";

export const GAP = "  ";

/**
 * Columns side by side without frames: a line below the header, one below the last row. Widths are those of a terminal,
 * where a Chinese character takes two columns and a combining one none.
 * @param rows the header first
 * @param columns of the terminal; cells of the widest columns are cut to fit
 * @param headerRows how many rows the header has
 */
export function renderTable(
  rows: readonly (readonly string[])[],
  columns: number = Number.POSITIVE_INFINITY,
  headerRows = 1,
): string[] {
  const cells = rows.map((row) => row.map(oneLine));
  const wanted = columnWidths(cells);
  const widths = fitWidths(wanted, columns - GAP.length * (wanted.length - 1));
  const rule = widths.map((width) => "─".repeat(width)).join("─".repeat(GAP.length));
  const lines = cells.map((row) =>
    widths
      .map((width, column) => padded(row[column] ?? "", width))
      .join(GAP)
      .trimEnd(),
  );
  return [...lines.slice(0, headerRows), rule, ...lines.slice(headerRows), rule];
}

function padded(cell: string, width: number): string {
  const shown = cut(cell, width);
  return shown + " ".repeat(width - textWidth(shown));
}
