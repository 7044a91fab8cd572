import ansi from "ansi-styles";
import { paletteNumber } from "./color-names.js";

/** Paints a text; adds no width. */
export type Style = (text: string) => string;

/** How many colours a screen has, in bits: none, 16, 256 or 16 million. */
export type ColorDepth = 1 | 4 | 8 | 24;

interface Codes {
  readonly open: string;
  readonly close: string;
}

/** Colours of the text, or behind it. */
type Ground = Pick<typeof ansi.color, "ansi" | "ansi256" | "ansi16m" | "close">;

const RESET_BLINK = "\u001b[25m";

/** Rich's words for everything but colours, short ones included. */
const ATTRIBUTES: Readonly<Record<string, Codes>> = {
  bold: ansi.bold,
  b: ansi.bold,
  dim: ansi.dim,
  d: ansi.dim,
  italic: ansi.italic,
  i: ansi.italic,
  underline: ansi.underline,
  u: ansi.underline,
  blink: { open: "\u001b[5m", close: RESET_BLINK },
  blink2: { open: "\u001b[6m", close: RESET_BLINK },
  reverse: ansi.inverse,
  r: ansi.inverse,
  conceal: ansi.hidden,
  c: ansi.hidden,
  strike: ansi.strikethrough,
  s: ansi.strikethrough,
  overline: ansi.overline,
  o: ansi.overline,
};

/** Says nothing: how a text is anyway. */
const PLAIN = ["none", "default"];

/**
 * A style in Rich's words: `"bold magenta"`, `"#6206E0"`, `"rgb(98,6,224) on grey11"`, `"dim underline"`. Colours are
 * those nearest to what the screen has.
 * @returns undefined for words that say no style
 */
export function richStyle(words: string, depth: ColorDepth): Style | undefined {
  const codes: Codes[] = [];
  let isBackground = false;
  for (const word of wordsOf(words)) {
    if (word === "on" && !isBackground) isBackground = true;
    else {
      const found = isBackground ? colorOf(word, depth, ansi.bgColor) : codesOf(word, depth);
      if (found === undefined) return undefined;
      codes.push(found);
      isBackground = false;
    }
  }
  if (isBackground) return undefined;
  if (depth === 1) return (text) => text;
  return (text) =>
    text === "" ? "" : codes.reduceRight((painted, { open, close }) => `${open}${painted}${close}`, text);
}

/** Words in lower case; what stands in brackets is no two words. */
function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .replaceAll(/,\s+/g, ",")
    .split(/\s+/)
    .filter((word) => word !== "");
}

function codesOf(word: string, depth: ColorDepth): Codes | undefined {
  return Object.hasOwn(ATTRIBUTES, word) ? ATTRIBUTES[word] : colorOf(word, depth, ansi.color);
}

function colorOf(word: string, depth: ColorDepth, ground: Ground): Codes | undefined {
  if (PLAIN.includes(word)) return { open: "", close: "" };
  const { close } = ground;
  const number = paletteNumber(word) ?? numberIn(word);
  if (number !== undefined) return { open: paletteCode(number, depth, ground), close };
  const color = rgbOf(word);
  if (color === undefined) return undefined;
  if (depth === 24) return { open: ground.ansi16m(...color), close };
  return { open: paletteCode(ansi.rgbToAnsi256(...color), depth, ground), close };
}

function paletteCode(number: number, depth: ColorDepth, ground: Ground): string {
  if (number < 16) return ground.ansi(number < 8 ? 30 + number : 82 + number);
  return depth >= 8 ? ground.ansi256(number) : ground.ansi(ansi.ansi256ToAnsi(number));
}

/** `color(5)` */
function numberIn(word: string): number | undefined {
  const digits = /^color\((\d{1,3})\)$/.exec(word)?.[1];
  return digits === undefined || Number(digits) > 255 ? undefined : Number(digits);
}

/** `#6206e0` or `rgb(98,6,224)` */
function rgbOf(word: string): [number, number, number] | undefined {
  if (/^#[0-9a-f]{6}$/.test(word)) return ansi.hexToRgb(word);
  const [, red, green, blue] = /^rgb\((\d{1,3}),(\d{1,3}),(\d{1,3})\)$/.exec(word) ?? [];
  const parts = [red, green, blue].map(Number);
  const [r, g, b] = parts;
  if (r === undefined || g === undefined || b === undefined || !parts.every((part) => part <= 255)) return undefined;
  return [r, g, b];
}
