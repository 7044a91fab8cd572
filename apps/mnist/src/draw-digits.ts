const SIDE = 28;
/** Around a digit, which MNIST centres, there is nothing to see. */
const ROW_MARGIN = 4;
const COLUMN_MARGIN = 5;
const INK = 96;

export interface DrawnDigit {
  /** 28 × 28 grey values from 0 (paper) to 255 (ink), row by row. */
  readonly pixels: Uint8Array;
  readonly caption: string;
}

/** Draws digits side by side with half blocks, 18 characters wide and 10 lines high, each above its caption. */
export function drawDigits(digits: readonly DrawnDigit[]): string {
  const drawings = digits.map(({ pixels }) => drawDigit(pixels));
  const lines = (drawings[0] ?? []).map((_, row) => drawings.map((drawing) => drawing[row] ?? "").join("  "));
  const width = SIDE - 2 * COLUMN_MARGIN;
  return [...lines, digits.map(({ caption }) => caption.padEnd(width)).join("  ")]
    .map((line) => line.trimEnd())
    .join("\n");
}

function drawDigit(pixels: Uint8Array): string[] {
  const isInk = (row: number, column: number) => (pixels[row * SIDE + column] ?? 0) > INK;
  const lines: string[] = [];
  for (let row = ROW_MARGIN; row < SIDE - ROW_MARGIN; row += 2) {
    let line = "";
    for (let column = COLUMN_MARGIN; column < SIDE - COLUMN_MARGIN; column += 1) {
      line += halfBlock(isInk(row, column), isInk(row + 1, column));
    }
    lines.push(line);
  }
  return lines;
}

function halfBlock(upper: boolean, lower: boolean): string {
  if (upper) return lower ? "█" : "▀";
  return lower ? "▄" : " ";
}
