import { visibleText } from "@lightning-ts/core";

/** A name or a value as one line of a display: line breaks and tabs are spaces, and control characters are shown. */
export function oneLine(text: string): string {
  return visibleText(text.replaceAll(/[\t\n\r]+/g, " "));
}
