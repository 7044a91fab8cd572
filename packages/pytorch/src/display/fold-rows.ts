import { columnWidths } from "./column-widths.js";
import { oneLine } from "./one-line.js";
import { GAP } from "./render-table.js";
import { textWidth } from "./text-width.js";

/** Columns of the first cell, at least. */
const NARROWEST = 12;

/**
 * Rows of a table that is at most so wide, of rows whose first cells are long names: where they do not fit, words of
 * the header stand below one another, and names go on in further rows, indented. Names are parted behind dots and
 * brackets.
 * @param rows the header first
 * @param columns of the terminal
 */
export function foldRows(
  rows: readonly (readonly string[])[],
  columns: number,
): { readonly header: readonly string[][]; readonly body: readonly string[][] } {
  const [header = [], ...body] = rows.map((row) => row.map(oneLine));
  if (widthOf([header, ...body]) <= columns) return { header: [header], body };
  const folded = stacked(header, body);
  const others = widthOf([...folded, ...body].map((row) => row.slice(1)));
  const room = Math.max(NARROWEST, columns - others - GAP.length);
  return { header: folded, body: body.flatMap((row) => goingOn(row, room)) };
}

function widthOf(rows: readonly (readonly string[])[]): number {
  const widths = columnWidths(rows);
  return widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1));
}

/** A header in as many rows as its columns need words below one another to be as narrow as what stands in them. */
function stacked(header: readonly string[], body: readonly (readonly string[])[]): string[][] {
  const needed = columnWidths(body);
  const lines = header.map((cell, i) => {
    // A unit in brackets stays with its word.
    const words = cell.split(/ (?!\()/);
    const room = Math.max(needed[i] ?? 0, ...words.map((word) => textWidth(word)));
    return words.reduce<string[]>((found, word) => {
      const longer = `${found.at(-1) ?? ""} ${word}`;
      return found.length > 0 && textWidth(longer) <= room ? [...found.slice(0, -1), longer] : [...found, word];
    }, []);
  });
  return Array.from({ length: Math.max(...lines.map(({ length }) => length)) }, (_, row) =>
    lines.map((line) => line[row] ?? ""),
  );
}

function goingOn([name = "", ...cells]: readonly string[], room: number): string[][] {
  const parts = name.match(/[^.\]})\s]*[.\]})\s]*/g) ?? [];
  const [first = "", ...rest] = packed(parts, room - 2);
  return [[first, ...cells], ...rest.map((part) => [`  ${part}`])];
}

/** Parts side by side, in as few lines as they fit into; one that is too long for a line is torn. */
function packed(parts: readonly string[], room: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const part of parts.flatMap((one) => (textWidth(one) > room ? [...one] : [one]))) {
    if (line !== "" && textWidth(line + part) > room) {
      lines.push(line);
      line = "";
    }
    line += part;
  }
  if (line !== "") lines.push(line);
  return lines;
}
