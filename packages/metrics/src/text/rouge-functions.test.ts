import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { rougeScore } from "./rouge-score.js";
import type { RougeTokenOptions } from "./rouge-tokens.js";

interface Recorded {
  readonly preds: readonly string[];
  readonly target: readonly string[];
  readonly scores: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

// What tests/parity/record_rouge_functions.py recorded from torchmetrics.
const recorded: Recorded = JSON.parse(readFileSync(new URL("fixtures/rouge-functions.json", import.meta.url), "utf8"));

const functions: Readonly<Record<string, RougeTokenOptions>> = {
  "letters only": { normalizer: (text) => text.replace(/[^A-Za-z]+/g, " ") },
  "words at hyphens": { tokenizer: (text) => text.split(/[\s-]+/) },
  "capital letters one by one": {
    normalizer: (text) => text.toUpperCase(),
    tokenizer: (text) => [...text.replaceAll(" ", "")],
  },
};

it.each(Object.entries(recorded.scores))("ROUGE with a function of one's own: %s", async (name, expected) => {
  const scores = rougeScore(recorded.preds, recorded.target, {
    ...functions[name],
    rougeKeys: ["rouge1", "rouge2", "rougeL"],
  });
  const values = Object.entries(scores).map(([key, value]) => [key, value.dataSync()[0]] as const);
  expect(values.map(([key]) => key).sort()).toEqual(Object.keys(expected).sort());
  for (const [key, value] of values) expect(value, key).toBeCloseTo(expected[key] ?? Number.NaN, 5);
});
