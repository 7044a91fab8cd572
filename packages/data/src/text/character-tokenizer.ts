import { DatasetError, describeValue, isPlainObject, MisconfigurationError } from "@lightning-ts/core";
import type { Tokenizer } from "./tokenizer.js";

/**
 * One token for each character of a text, in the order of their code points, as `sorted(set(text))` in Python.
 * @example
 * ```ts
 * import { CharacterTokenizer } from "@lightning-ts/data";
 *
 * const tokenizer = CharacterTokenizer.of("to be or not to be");
 * console.log(tokenizer.vocabularySize, tokenizer.encode("bet")); // 7 Int32Array [1, 2, 6]
 * console.log(tokenizer.decode([1, 2, 6])); // "bet"
 * ```
 */
export class CharacterTokenizer implements Tokenizer {
  #characters: readonly string[];
  #numbers: ReadonlyMap<string, number>;

  /** @param characters one token each, in their order */
  constructor(characters: readonly string[] = []) {
    this.#characters = characters;
    this.#numbers = new Map(characters.map((character, number) => [character, number]));
  }

  /** The tokenizer of a text's characters. */
  static of(text: string): CharacterTokenizer {
    const codes = new Set<number>();
    for (const character of text) codes.add(character.codePointAt(0) ?? 0);
    return new CharacterTokenizer([...codes].sort((a, b) => a - b).map((code) => String.fromCodePoint(code)));
  }

  get vocabularySize(): number {
    return this.#characters.length;
  }

  /** @throws DatasetError for a character that the tokenizer was not made of */
  encode(text: string): Int32Array {
    const tokens = new Int32Array(text.length);
    let count = 0;
    for (const character of text) {
      const number = this.#numbers.get(character);
      if (number === undefined)
        throw new DatasetError({
          message: `The tokenizer does not know the character ${JSON.stringify(character)}, the ${count + 1}. of the text.`,
          expected: `one of ${this.vocabularySize}: ${describeValue(this.#characters.join(""))}`,
          tryThis: "CharacterTokenizer.of() with all texts together.",
        });
      tokens[count] = number;
      count += 1;
    }
    return tokens.slice(0, count);
  }

  /** @throws DatasetError for a number that no token has */
  decode(tokens: ArrayLike<number>): string {
    return Array.from(tokens, (token) => this.#characters[token] ?? refuseToken(token, this.vocabularySize)).join("");
  }

  stateDict(): { readonly version: 1; readonly characters: readonly string[] } {
    return { version: 1, characters: this.#characters };
  }

  /** @throws MisconfigurationError for what no CharacterTokenizer has saved */
  loadStateDict(state: unknown): void {
    const characters = isPlainObject(state) && state["version"] === 1 ? state["characters"] : undefined;
    if (!isTexts(characters))
      throw new MisconfigurationError({
        message: "What was saved of a CharacterTokenizer cannot be used.",
        received: describeValue(state),
      });
    this.#characters = characters;
    this.#numbers = new Map(characters.map((character, number) => [character, number]));
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === "string");
}

export function refuseToken(token: number, vocabularySize: number): never {
  throw new DatasetError({
    message: "There is no token with this number.",
    expected: `an integer from 0 to ${vocabularySize - 1}`,
    received: String(token),
  });
}
