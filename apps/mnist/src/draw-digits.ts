const SIDE = 28;
/** MNIST centres its digits in 20 × 20 pixels; four columns of margin are left out. */
const MARGIN = 4;
const INK = 96;

export interface DrawnDigit {
  /** 28 × 28 grey values from 0 (paper) to 255 (ink), row by row. */
  readonly pixels: Uint8Array;
  readonly caption: string;
}

/** Draws digits side by side with half blocks, 20 characters wide and 10 lines high, each above its caption. */
export function drawDigits(digits: readonly DrawnDigit[]): string {
  const drawings = digits.map(({ pixels }) => drawDigit(pixels));
  const lines = (drawings[0] ?? []).map((_, row) => drawings.map((drawing) => drawing[row] ?? "").join("  "));
  const width = SIDE - 2 * MARGIN;
  return [...lines, digits.map(({ caption }) => caption.padEnd(width)).join("  ")].map((line) => line.trimEnd()).join("\n");
}

function drawDigit(pixels: Uint8Array): string[] {
  const isInk = (row: number, column: number) => (pixels[row * SIDE + column] ?? 0) > INK;
  const lines: string[] = [];
  for (let row = MARGIN; row < SIDE - MARGIN; row += 2) {
    let line = "";
    for (let column = MARGIN; column < SIDE - MARGIN; column += 1) {
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
