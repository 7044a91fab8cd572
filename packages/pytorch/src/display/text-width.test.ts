import stringWidth from "string-width";
import { expect, test } from "vitest";
import { textWidth } from "./text-width.js";

test.each([
  "",
  "epoch 3 of 10",
  "━━━━╸ 12/30 • 0:00:01",
  "│ layer │ Linear │",
  "日本語のモデル",
  "각 한국어",
  "ﾊﾝｶｸ",
  "e\u0301t\u00e9",
  "👩‍👩‍👧‍👦 family 🇩🇪",
  "✈️ and ✈",
  "1️⃣",
  "\u001b[31mred\u001b[39m",
  "a\tb\u0007",
])("%j takes the columns that string-width counts", (text) => {
  expect(textWidth(text)).toBe(stringWidth(text));
});
