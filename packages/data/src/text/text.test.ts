import { DataLoader } from "@lightning-ts/core";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CharacterTokenizer } from "./character-tokenizer.js";
import { loadTokenizer } from "./load-tokenizer.js";
import { TokenBlocks } from "./token-blocks.js";

interface Recorded {
  readonly tokenizers: readonly {
    readonly name: string;
    readonly json: object;
    readonly texts: readonly {
      readonly text: string;
      readonly ids: readonly number[];
      readonly plainIds: readonly number[];
      readonly decoded: string;
    }[];
    readonly vocabularySize: number;
  }[];
  readonly characters: {
    readonly text: string;
    readonly vocabulary: readonly string[];
    readonly ids: readonly number[];
  };
}

// What tests/parity/record_tokenizers.py recorded from Hugging Face's tokenizers.
const recorded: Recorded = JSON.parse(readFileSync(new URL("fixtures/tokenizers.json", import.meta.url), "utf8"));
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe.each(recorded.tokenizers)("loadTokenizer: $name", ({ json, texts, vocabularySize }) => {
  it.each(texts)("gives the tokens of Python for $text", async ({ text, ids, plainIds, decoded }) => {
    const tokenizer = await loadTokenizer(bytes(JSON.stringify(json)));
    const plain = await loadTokenizer(bytes(JSON.stringify(json)), { addSpecialTokens: false });
    expect([...tokenizer.encode(text)]).toEqual(ids);
    expect([...plain.encode(text)]).toEqual(plainIds);
    expect(tokenizer.decode(ids)).toBe(decoded);
    expect(tokenizer.vocabularySize).toBe(vocabularySize);
    expect(() => tokenizer.decode([vocabularySize + 5])).toThrow("There is no token with this number");
  });
});

it("names a tokenizer.json that is none", async () => {
  for (const text of ["{", "[]", '{"version": "1.0"}', '{"model": {"type": "Unheard"}}'])
    await expect(loadTokenizer(bytes(text))).rejects.toMatchObject({ code: "LIT_DATA_FILE", path: "the bytes" });
  await expect(loadTokenizer(bytes("{}"), Object({ special: true }))).rejects.toThrow('has no option "special"');
});

describe("CharacterTokenizer", () => {
  it("numbers characters as Python sorts them, beyond 16 bits too", () => {
    const { text, vocabulary, ids } = recorded.characters;
    const tokenizer = CharacterTokenizer.of(text);
    expect(tokenizer.stateDict().characters).toEqual(vocabulary);
    expect([...tokenizer.encode(text)]).toEqual(ids);
    expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
  });

  it("is the same after its state went through JSON, and refuses what it does not know", () => {
    const tokenizer = new CharacterTokenizer();
    tokenizer.loadStateDict(JSON.parse(JSON.stringify(CharacterTokenizer.of("abc").stateDict())));
    expect([...tokenizer.encode("cab")]).toEqual([2, 0, 1]);
    expect(() => tokenizer.encode("abd")).toThrow('does not know the character "d", the 3. of the text');
    expect(() => tokenizer.decode([3])).toThrow("There is no token with this number. Expected an integer from 0 to 2");
    expect(() => tokenizer.loadStateDict({ version: 1, characters: "abc" })).toThrow("cannot be used");
  });
});

describe("TokenBlocks", () => {
  const tokens = Int32Array.from({ length: 10 }, (_, i) => i * 10);

  it("gives blocks and the tokens that come next, in items and batches", async () => {
    const blocks = new TokenBlocks(tokens, { blockSize: 4, stride: 3 });
    expect(blocks.length).toBe(2);
    const [input, target] = blocks.getBatch([1, 0]);
    expect([input.shape, [...input.values], [...target.values]]).toEqual([
      [2, 4],
      [30, 40, 50, 60, 0, 10, 20, 30],
      [40, 50, 60, 70, 10, 20, 30, 40],
    ]);
    expect(blocks.get(1).map(({ values }) => [...values])).toEqual([
      [30, 40, 50, 60],
      [40, 50, 60, 70],
    ]);
    for await (const [x] of new DataLoader(blocks, { batchSize: 2 })) expect(x.shape).toEqual([2, 4]);
    expect(new TokenBlocks(tokens, { blockSize: 9 }).length).toBe(1);
  });

  it("refuses texts that are too short, and sizes that are none", () => {
    expect(() => new TokenBlocks(tokens, { blockSize: 10 })).toThrow("an Int32Array of at least 11 tokens");
    expect(() => new TokenBlocks(tokens, { blockSize: 0 })).toThrow("TokenBlocks' blockSize cannot be used");
    expect(() => new TokenBlocks(tokens, { blockSize: 2, stride: 1.5 })).toThrow("TokenBlocks' stride");
    expect(() => new TokenBlocks(tokens, { blockSize: 2 }).get(8)).toThrow("There is no item with this index");
  });
});
