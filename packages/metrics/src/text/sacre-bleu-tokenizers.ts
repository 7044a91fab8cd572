import { charactersOf, stripped, wordsOf } from "./words.js";

export const SACRE_BLEU_TOKENIZERS = ["none", "13a", "zh", "intl", "char"] as const;
/** SacreBLEU's names of what words are. */
export type SacreBLEUTokenizer = (typeof SACRE_BLEU_TOKENIZERS)[number];

/** What finds the words of a sentence. */
export function tokenizerOf(name: SacreBLEUTokenizer, lowercase: boolean): (sentence: string) => string[] {
  const separated = separatorOf(name);
  return (sentence) => {
    const spaced = separated(sentence);
    return wordsOf(lowercase ? spaced.toLowerCase() : spaced);
  };
}

/** What puts whitespace between the words of a sentence. */
function separatorOf(name: SacreBLEUTokenizer): (sentence: string) => string {
  switch (name) {
    case "none":
      return (sentence) => sentence;
    case "13a":
      return (sentence) => separatePunctuation(` ${withoutMarkup(sentence)} `);
    case "zh":
      return (sentence) => separatePunctuation(separateChinese(stripped(sentence)));
    case "intl":
      return separateByClass;
    case "char":
      return (sentence) => charactersOf(sentence).join(" ");
    default:
      return name satisfies never;
  }
}

/** The text of WMT's files: hyphens at the ends of lines join words, and entities are characters. */
function withoutMarkup(sentence: string): string {
  return sentence
    .replaceAll("<skipped>", "")
    .replaceAll("-\n", "")
    .replaceAll("\n", " ")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">");
}

/** Separates ASCII punctuation, points and commas that are not in numbers, and hyphens after digits. */
function separatePunctuation(sentence: string): string {
  return sentence
    .replace(/([{-~[-` -&(-+:-@/])/gu, " $1 ")
    .replace(/([^0-9])([.,])/gu, "$1 $2 ")
    .replace(/([.,])([^0-9])/gu, " $1 $2")
    .replace(/([0-9])(-)/gu, "$1 $2 ");
}

/** Separates punctuation that is not in numbers, and symbols, by Unicode's classes. */
function separateByClass(sentence: string): string {
  return sentence
    .replace(/(\P{N})(\p{P})/gu, "$1 $2 ")
    .replace(/(\p{P})(\P{N})/gu, " $1 $2")
    .replace(/(\p{S})/gu, " $1 ");
}

/**
 * From where to where a character is a word of its own. The first range is torchmetrics': it means the ideographs from
 * U+20000 to U+2A6D6, and Python reads such an escape as four digits of a code and a character. So those ideographs
 * are not apart, and signs such as dashes and arrows are.
 */
const CHINESE: readonly (readonly [number, number])[] = [
  [0x2001, 0x2a6d],
  [0x2e80, 0x2fdf],
  [0x2ff0, 0x303f],
  [0x3100, 0x312f],
  [0x31a0, 0x31ef],
  [0x3200, 0x4db5],
  [0x4e00, 0x9fbb],
  [0xf900, 0xfa2d],
  [0xfa30, 0xfa6a],
  [0xfa70, 0xfad9],
  [0xfe10, 0xfe1f],
  [0xfe30, 0xfe4f],
  [0xff00, 0xffef],
];

function separateChinese(sentence: string): string {
  return charactersOf(sentence)
    .map((character) => (isChinese(character.codePointAt(0) ?? 0) ? ` ${character} ` : character))
    .join("");
}

function isChinese(code: number): boolean {
  return CHINESE.some(([from, to]) => from <= code && code <= to);
}
