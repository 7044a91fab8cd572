import { eastAsianWidth } from "get-east-asian-width";
import stripAnsi from "strip-ansi";

/** Letters of Latin, dashes, quotes, arrows, lines and blocks: most texts have nothing else. */
const ONE_COLUMN_EACH = /^[\u0020-\u007e\u00a0-\u00ac\u00ae-\u02ff\u2010-\u2027\u2190-\u21ff\u2500-\u259f]*$/;
/** Controls, marks above and below others, and what joins, shapes or hides others. */
const NO_COLUMN = /^[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Mn}\p{Me}\p{Cs}]$/u;
const EMOJI = String.raw`(?:\p{EBase}\p{EMod}|\p{ExtPict}\ufe0f?)`;
/** Characters that a terminal draws as one: flags, keys, emoji that are joined or coloured, syllables of Hangul. */
const DRAWN_AS_ONE = new RegExp(
  [
    String.raw`\p{RI}{2}`,
    String.raw`[\d#*]\ufe0f?\u20e3`,
    String.raw`\u{1f3f4}[\u{e0020}-\u{e007e}]+\u{e007f}`,
    String.raw`${EMOJI}(?:\u200d${EMOJI})+`,
    String.raw`\p{EBase}\p{EMod}|\p{ExtPict}\ufe0f`,
    String.raw`[\u1100-\u115f\ua960-\ua97c][\u1160-\u11a7\ud7b0-\ud7c6][\u11a8-\u11ff\ud7cb-\ud7fb]?`,
  ].join("|"),
  "gu",
);
const TWO_COLUMNS = "\u3000";

/** The columns of a terminal that a text takes; escape sequences and control characters take none. */
export function textWidth(text: string): number {
  const shown = stripAnsi(text);
  if (ONE_COLUMN_EACH.test(shown)) return shown.length;
  let width = 0;
  for (const character of shown.replaceAll(DRAWN_AS_ONE, TWO_COLUMNS))
    if (!NO_COLUMN.test(character)) width += eastAsianWidth(character.codePointAt(0) ?? 0);
  return width;
}
