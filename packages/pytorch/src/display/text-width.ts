import fastStringWidth from "fast-string-width";

/** The columns of a terminal that a text takes; escape sequences and control characters take none. */
export function textWidth(text: string): number {
  return fastStringWidth(text, { tabWidth: 0 });
}
