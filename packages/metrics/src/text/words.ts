import { MisconfigurationError } from "@lightning-ts/core";

/** What Python calls whitespace: without the byte order mark, with the separators of files and records. */
// oxlint-disable-next-line no-control-regex -- they are whitespace there
const WHITESPACE = /[\t-\r\u001C-\u0020\u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]+/u;
const AT_THE_ENDS = new RegExp(`^${WHITESPACE.source}|${WHITESPACE.source}$`, "gu");

/** The words of a sentence, as Python's `split()` gives them. */
export function wordsOf(sentence: string): string[] {
  return sentence.split(WHITESPACE).filter((word) => word !== "");
}

/** A sentence without whitespace at its ends, as Python's `strip()` gives it. */
export function stripped(sentence: string): string {
  return sentence.replace(AT_THE_ENDS, "");
}

/** The characters of a sentence: code points, not the halves of them that a string's indices count. */
export function charactersOf(sentence: string): string[] {
  return Array.from(sentence);
}

/** One sentence, or several. */
export type Sentences = string | readonly string[];
/** References for each of the predictions: one, or several of which the nearest counts. */
export type References = string | readonly (string | readonly string[])[];

function asList(sentences: Sentences): readonly string[] {
  return typeof sentences === "string" ? [sentences] : sentences;
}

/** @throws MisconfigurationError unless both are sentences, and as many */
export function sentencePairs(metric: string, preds: Sentences, target: Sentences): [string, string][] {
  const [found, wanted] = [asList(preds), asList(target)];
  requireStrings(metric, "predictions", found);
  requireStrings(metric, "targets", wanted);
  requireAsMany(metric, found.length, wanted.length);
  return found.map((sentence, i) => [sentence, wanted[i] ?? ""]);
}

/** A prediction, and all sentences that it may be compared with. */
export interface Referenced {
  readonly prediction: string;
  readonly references: readonly string[];
}

/**
 * Predictions with their references. A list of sentences has one for each prediction, or all of a single prediction.
 * @throws MisconfigurationError unless all are sentences, and as many
 */
export function withReferences(metric: string, preds: Sentences, target: References): Referenced[] {
  const found = asList(preds);
  requireStrings(metric, "predictions", found);
  if (typeof target !== "string" && !Array.isArray(target))
    throw noSentences(metric, "references", String(target).slice(0, 80));
  const lists = referenceLists(target, found.length);
  requireAsMany(metric, found.length, lists.length);
  return found.map((prediction, i) => {
    const references = lists[i] ?? [];
    requireStrings(metric, "references", references);
    if (references.length > 0) return { prediction, references };
    throw new MisconfigurationError({
      code: "LIT_METRIC_INPUT",
      message: `${metric} has nothing to compare prediction ${i} with.`,
      expected: "at least one reference for each prediction",
      received: "none",
    });
  });
}

function referenceLists(target: References, predictions: number): readonly (readonly string[])[] {
  if (typeof target === "string") return [[target]];
  const sentences = target.filter((one) => typeof one === "string");
  if (predictions === 1 && target.length > 0 && sentences.length === target.length) return [sentences];
  return target.map((one) => (typeof one === "string" ? [one] : one));
}

function requireStrings(metric: string, what: string, sentences: unknown): void {
  if (!Array.isArray(sentences)) throw noSentences(metric, what, String(sentences).slice(0, 80));
  const at = sentences.findIndex((sentence) => typeof sentence !== "string");
  if (at < 0) return;
  throw noSentences(metric, what, `${typeof sentences[at]} at ${at}`);
}

function noSentences(metric: string, what: string, received: string): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_METRIC_INPUT",
    message: `${metric} compares sentences.`,
    expected: `strings as ${what}`,
    received,
  });
}

function requireAsMany(metric: string, predictions: number, targets: number): void {
  if (predictions === targets) return;
  throw new MisconfigurationError({
    code: "LIT_METRIC_INPUT",
    message: `${metric} compares each prediction with its target.`,
    expected: "as many targets as predictions",
    received: `${predictions} predictions and ${targets} targets`,
  });
}
