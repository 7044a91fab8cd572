import { textWidth } from "./text-width.js";

/** How wide each column has to be on a terminal for its widest cell; rows may have different numbers of cells. */
export function columnWidths(rows: readonly (readonly string[])[]): number[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: count }, (_, i) => Math.max(...rows.map((row) => textWidth(row[i] ?? ""))));
}
