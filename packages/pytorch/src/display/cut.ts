import { textWidth } from "./text-width.js";

/** A text of at most so many columns of a terminal; one that is wider ends with three dots. */
export function cut(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let kept = "";
  for (const character of text) {
    if (textWidth(kept + character) >= width) break;
    kept += character;
  }
  return `${kept}…`;
}

/**
 * Widths that take no more room together: the widest columns give way, and none becomes narrower than it was or than
 * `narrowest`.
 */
export function fitWidths(widths: readonly number[], room: number, narrowest = 4): number[] {
  const fitted = [...widths];
  for (let over = fitted.reduce((sum, width) => sum + width, 0) - room; over > 0; over -= 1) {
    const widest = Math.max(...fitted);
    if (widest <= narrowest) break;
    fitted[fitted.indexOf(widest)] = widest - 1;
  }
  return fitted;
}
