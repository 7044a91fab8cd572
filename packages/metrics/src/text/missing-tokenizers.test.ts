import { expect, it } from "vitest";
import { functional, SacreBLEUScore, type SacreBLEUScoreOptions } from "../index.js";

it.each([
  ["ja-mecab", /MeCab/],
  ["ko-mecab", /MeCab/],
  ["flores101", /SentencePiece/],
  ["flores200", /SentencePiece/],
])("says why there is no %s, and what to do", (tokenize, why) => {
  const options = { tokenize } as unknown as SacreBLEUScoreOptions;
  for (const call of [() => new SacreBLEUScore(options), () => functional.sacreBleuScore(["a"], [["a"]], options)]) {
    expect(call).toThrow(why);
    expect(call).toThrow(/Expected "13a".*Received ".*Try: sentences whose tokens.*tokenize: "none"/s);
  }
});
