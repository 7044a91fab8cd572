import { MisconfigurationError } from "@lightning-ts/core";

/** SacreBLEU's tokenizers that need a dictionary or a model, and what torchmetrics takes it from. */
const NEEDED: Readonly<Record<string, string>> = {
  "ja-mecab": "MeCab and the dictionary of the Python package ipadic",
  "ko-mecab": "MeCab and the dictionary of the Python package mecab_ko_dic",
  flores101: "a SentencePiece model that is downloaded from dl.fbaipublicfiles.com",
  flores200: "a SentencePiece model that is downloaded from tinyurl.com/flores200sacrebleuspm",
};

/** @throws MisconfigurationError for a tokenizer of SacreBLEU that is not here: why, and what to do */
export function refuseMissingTokenizer(metric: string, tokenize: string): void {
  const needed = NEEDED[tokenize];
  if (needed === undefined) return;
  throw new MisconfigurationError({
    code: "LIT_METRIC_OPTION",
    message: `${metric} does not have the tokenizer "${tokenize}": it needs ${needed}, which this package cannot carry.`,
    expected: '"13a", "intl", "zh", "char" or "none"',
    received: `"${tokenize}"`,
    tryThis: `sentences whose tokens another program has separated by spaces, with tokenize: "none".`,
  });
}
