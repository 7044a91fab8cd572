/**
 * The stem of an English word, by Porter's algorithm (1980) with the changes that NLTK makes to it, which torchmetrics
 * uses: a few irregular words, "ie" kept in short words, and "y" that becomes "i" only after a consonant.
 */
export function stemOf(word: string): string {
  const lower = word.toLowerCase();
  const irregular = IRREGULAR.get(lower);
  if (irregular !== undefined) return irregular;
  if (lower.length <= 2) return lower;
  const steps = [
    withoutPlural,
    withoutTense,
    withLastI,
    withShorterSuffix,
    withoutSecondSuffix,
    withoutLastSuffix,
    tidied,
  ];
  return steps.reduce((stem, step) => step(stem), lower);
}

const IRREGULAR: ReadonlyMap<string, string> = new Map([
  ["sky", "sky"],
  ["skies", "sky"],
  ["dying", "die"],
  ["lying", "lie"],
  ["tying", "tie"],
  ["news", "news"],
  ["innings", "inning"],
  ["inning", "inning"],
  ["outings", "outing"],
  ["outing", "outing"],
  ["cannings", "canning"],
  ["canning", "canning"],
  ["howe", "howe"],
  ["proceed", "proceed"],
  ["exceed", "exceed"],
  ["succeed", "succeed"],
]);

/** "c" for each consonant and "v" for each vowel; "y" is one after a consonant. */
function soundsOf(word: string): string {
  let sounds = "";
  for (const letter of word) {
    const isVowel = letter === "y" ? sounds.endsWith("c") : "aeiou".includes(letter);
    sounds += isVowel ? "v" : "c";
  }
  return sounds;
}

/** How often a consonant follows a vowel: what Porter calls the measure of a stem. */
function measure(stem: string): number {
  return soundsOf(stem).split("vc").length - 1;
}

/** Whether a short syllable ends the word, which takes an "e" at its end. */
function endsShort(word: string): boolean {
  const sounds = soundsOf(word);
  return sounds === "vc" || (sounds.endsWith("cvc") && !/[wxy]$/.test(word));
}

type Rule = readonly [suffix: string, replacement: string];

/** The first suffix that the word has decides, whether its stem is long enough or not. */
function replaced(
  word: string,
  rules: readonly Rule[],
  isLongEnough: (stem: string, suffix: string) => boolean,
): string {
  const rule = rules.find(([suffix]) => word.endsWith(suffix));
  if (rule === undefined) return word;
  const [suffix, replacement] = rule;
  const stem = word.slice(0, word.length - suffix.length);
  return isLongEnough(stem, suffix) ? stem + replacement : word;
}

function withoutPlural(word: string): string {
  if (word.length === 4 && word.endsWith("ies")) return word.slice(0, -1);
  const rules: Rule[] = [
    ["sses", "ss"],
    ["ies", "i"],
    ["ss", "ss"],
    ["s", ""],
  ];
  return replaced(word, rules, () => true);
}

function withoutTense(word: string): string {
  if (word.endsWith("ied")) return word.slice(0, word.length === 4 ? -1 : -2);
  if (word.endsWith("eed")) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  const suffix = ["ed", "ing"].find((one) => word.endsWith(one));
  if (suffix === undefined) return word;
  const stem = word.slice(0, word.length - suffix.length);
  if (!soundsOf(stem).includes("v")) return word;
  if (/(?:at|bl|iz)$/.test(stem)) return `${stem}e`;
  const isDoubled = stem.length > 1 && stem.at(-1) === stem.at(-2) && soundsOf(stem).endsWith("c");
  if (isDoubled) return /[lsz]$/.test(stem) ? stem : stem.slice(0, -1);
  return measure(stem) === 1 && endsShort(stem) ? `${stem}e` : stem;
}

function withLastI(word: string): string {
  const stem = word.slice(0, -1);
  return word.endsWith("y") && stem.length > 1 && soundsOf(stem).endsWith("c") ? `${stem}i` : word;
}

const SHORTER: readonly Rule[] = [
  ["ational", "ate"],
  ["tional", "tion"],
  ["enci", "ence"],
  ["anci", "ance"],
  ["izer", "ize"],
  ["bli", "ble"],
  ["alli", "al"],
  ["entli", "ent"],
  ["eli", "e"],
  ["ousli", "ous"],
  ["ization", "ize"],
  ["ation", "ate"],
  ["ator", "ate"],
  ["alism", "al"],
  ["iveness", "ive"],
  ["fulness", "ful"],
  ["ousness", "ous"],
  ["aliti", "al"],
  ["iviti", "ive"],
  ["biliti", "ble"],
  ["fulli", "ful"],
  ["logi", "log"],
];

function withShorterSuffix(word: string): string {
  if (word.endsWith("alli") && measure(word.slice(0, -4)) > 0) return withShorterSuffix(word.slice(0, -2));
  // The "l" of "logi" belongs to the stem that is measured.
  return replaced(word, SHORTER, (stem, suffix) => measure(suffix === "logi" ? `${stem}l` : stem) > 0);
}

const SECOND: readonly Rule[] = [
  ["icate", "ic"],
  ["ative", ""],
  ["alize", "al"],
  ["iciti", "ic"],
  ["ical", "ic"],
  ["ful", ""],
  ["ness", ""],
];

function withoutSecondSuffix(word: string): string {
  return replaced(word, SECOND, (stem) => measure(stem) > 0);
}

const LAST: readonly Rule[] = [
  "al",
  "ance",
  "ence",
  "er",
  "ic",
  "able",
  "ible",
  "ant",
  "ement",
  "ment",
  "ent",
  "ion",
  "ou",
  "ism",
  "ate",
  "iti",
  "ous",
  "ive",
  "ize",
].map((suffix) => [suffix, ""]);

function withoutLastSuffix(word: string): string {
  return replaced(word, LAST, (stem, suffix) => measure(stem) > 1 && (suffix !== "ion" || /[st]$/.test(stem)));
}

/** Without an "e" at the end of a long stem, and without the second "l" of two. */
function tidied(word: string): string {
  const stem = word.slice(0, -1);
  const isLong = measure(stem) > 1 || (measure(stem) === 1 && !endsShort(stem));
  const short = word.endsWith("e") && isLong ? stem : word;
  return short.endsWith("ll") && measure(short.slice(0, -1)) > 1 ? short.slice(0, -1) : short;
}
