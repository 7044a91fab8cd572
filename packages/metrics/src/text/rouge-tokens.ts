import { stemOf } from "./porter-stemmer.js";

/** What ROUGE compares of texts. */
export interface RougeTokenOptions {
  /** Compares the stems of English words. @default false */
  readonly useStemmer?: boolean | undefined;
  /** What a text is made of before it is cut. @default lower case, with a space for all but a … z and 0 … 9 */
  readonly normalizer?: ((text: string) => string) | undefined;
  /** What cuts a text into words. @default by whitespace */
  readonly tokenizer?: ((text: string) => readonly string[]) | undefined;
  /** What cuts a text into sentences, for "rougeLsum". @default the rules of Unicode for English */
  readonly sentenceSplitter?: ((text: string) => readonly string[]) | undefined;
}

/** A text as its words, and as the words of its sentences. */
export interface RougeText {
  readonly tokens: readonly string[];
  readonly sentences: readonly (readonly string[])[];
}

/** Words shorter than that have no other stem, as ROUGE's scripts have it. */
const SHORTEST_STEMMED = 4;

/** What makes words of a text. */
export function rougeReader(options: RougeTokenOptions): (text: string) => RougeText {
  const { useStemmer = false, normalizer = lettersAndDigits, tokenizer = byWhitespace } = options;
  const { sentenceSplitter = sentencesOf } = options;
  const tokensOf = (text: string): string[] => {
    const tokens = tokenizer(normalizer(text)).filter((token) => token !== "");
    return useStemmer ? tokens.map((token) => (token.length < SHORTEST_STEMMED ? token : stemOf(token))) : [...tokens];
  };
  return (text) => ({ tokens: tokensOf(text), sentences: sentenceSplitter(text).map(tokensOf) });
}

function lettersAndDigits(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, " ");
}

function byWhitespace(text: string): string[] {
  return text.split(/\s+/);
}

function sentencesOf(text: string): string[] {
  return Array.from(new Intl.Segmenter("en", { granularity: "sentence" }).segment(text), ({ segment }) => segment);
}
