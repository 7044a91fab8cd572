import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { stemOf } from "./porter-stemmer.js";

const { stems } = JSON.parse(readFileSync(new URL("fixtures/stems.json", import.meta.url), "utf8")) as {
  stems: Record<string, string>;
};

it.each(Object.entries(stems))("makes of %s what NLTK makes of it", (word, stem) => {
  expect(stemOf(word)).toBe(stem);
});
