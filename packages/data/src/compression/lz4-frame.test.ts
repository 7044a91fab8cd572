import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decodeLz4Frame } from "./lz4-frame.js";

interface Recorded {
  readonly frames: readonly { readonly name: string; readonly content: string; readonly base64: string }[];
}

// What tests/parity/record_lz4.py recorded from the Python package lz4; these are its formulas.
const recorded: Recorded = JSON.parse(readFileSync(new URL("fixtures/lz4.json", import.meta.url), "utf8"));
const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const CONTENTS: Readonly<Record<string, Uint8Array>> = {
  nothing: new Uint8Array(),
  "one byte": ascii("a"),
  "a short text": ascii("abc".repeat(5)),
  noise: Uint8Array.from({ length: 300 }, (_, i) => (i * i * 7919 + i * 31) % 251),
  zeros: new Uint8Array(200_000),
  words: ascii(Array.from({ length: 40_000 }, (_, i) => `w${(i * 7) % 40} `).join("")),
};
const frameOf = (name: string): Uint8Array =>
  new Uint8Array(Buffer.from(recorded.frames.find((frame) => frame.name === name)?.base64 ?? "", "base64"));

describe("decodeLz4Frame", () => {
  it.each(recorded.frames)("$name", ({ content, base64 }) => {
    const expected = CONTENTS[content] ?? new Uint8Array();
    const decoded = decodeLz4Frame(new Uint8Array(Buffer.from(base64, "base64")), expected.length);
    expect(Buffer.compare(decoded, expected)).toBe(0);
  });

  it("notices every changed bit of a frame with checksums", () => {
    const frame = frameOf("noise: linked True, checksums True, size True, blocks 4");
    for (let bit = 0; bit < frame.length * 8; bit += 1) {
      const changed = frame.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => decodeLz4Frame(changed, 300), `bit ${bit}`).toThrow(/LZ4/);
    }
  });

  it("refuses what is cut off, longer or shorter than it says, and what is no frame", () => {
    const frame = frameOf("words: linked True, checksums False, size False, blocks 4");
    const { length } = CONTENTS["words"] ?? [];
    for (let end = 0; end < frame.length; end += 1)
      expect(() => decodeLz4Frame(frame.subarray(0, end), length ?? 0)).toThrow(/LZ4/);
    expect(() => decodeLz4Frame(frame, (length ?? 0) + 1)).toThrow(/instead of/);
    expect(() => decodeLz4Frame(frame, (length ?? 0) - 1)).toThrow(/LZ4/);
    expect(() => decodeLz4Frame(ascii("no frame at all"), 3)).toThrow("this is no LZ4 frame");
  });
});
