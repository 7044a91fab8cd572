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
  "\u001b]8;;https://example.com\u0007link\u001b]8;;\u0007",
  "\r\u001b[2Kagain",
  "a\tb\u0007",
  "zero\u200bwidth\u2060 \u00adsoft\ufeff",
  "\u1112\u1161\u11ab\u1100\u1173\u11af",
  "மாதிரி কিছু",
  "ﾊﾟﾋﾞ ｶﾞ",
  "👍🏽 👩🏽‍❤️‍💋‍👨🏿 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🇩🇪🇫 #⃣",
  "\ud800",
])("%j takes the columns that string-width counts", (text) => {
  expect(textWidth(text)).toBe(stringWidth(text));
});

test("each character takes the columns that string-width counts", () => {
  const different: string[] = [];
  for (let code = 0; code < 0x2_0000; code += 1) {
    const character = String.fromCodePoint(code);
    if (textWidth(character) !== stringWidth(character)) different.push(code.toString(16));
  }
  expect(different).toEqual([]);
});
