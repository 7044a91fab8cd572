import stringWidth from "string-width";
import { oneLine } from "./one-line.js";

const GAP = "  ";

/**
 * Columns side by side without frames: a line below the header, one below the last row. Widths are those of a terminal,
 * where a Chinese character takes two columns and a combining one none.
 * @param rows the header first
 */
export function renderTable(rows: readonly (readonly string[])[]): string[] {
  const cells = rows.map((row) => row.map(oneLine));
  const columnCount = Math.max(0, ...cells.map((row) => row.length));
  const widths = Array.from({ length: columnCount }, (_, column) =>
    Math.max(...cells.map((row) => stringWidth(row[column] ?? ""))),
  );
  const rule = widths.map((width) => "─".repeat(width)).join("─".repeat(GAP.length));
  const [header = "", ...lines] = cells.map((row) =>
    widths
      .map((width, column) => padded(row[column] ?? "", width))
      .join(GAP)
      .trimEnd(),
  );
  return [header, rule, ...lines, rule];
}

function padded(cell: string, width: number): string {
  return cell + " ".repeat(width - stringWidth(cell));
}
