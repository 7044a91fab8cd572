import { CodecError } from "./codec-error.js";

/** JSON whose objects are Maps, so that no key has a meaning of its own. */
export type StrictJson = null | boolean | number | string | StrictJson[] | Map<string, StrictJson>;

const MAX_DEPTH = 64;

/**
 * Reads JSON text without trusting it: keys may not repeat, nesting is limited to 64 levels, and time is linear in the
 * length.
 * @throws CodecError
 */
export function parseStrictJson(text: string): StrictJson {
  const scanner = new Scanner(text);
  const value = scanner.value(0);
  scanner.end();
  return value;
}

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): StrictJson {
    if (depth > MAX_DEPTH) this.#fail(`more than ${MAX_DEPTH} levels`);
    const next = this.#peek();
    if (next === "{") return this.#object(depth);
    if (next === "[") return this.#array(depth);
    if (next === '"') return this.#string();
    return this.#literal();
  }

  end(): void {
    if (this.#peek() !== "") this.#fail("the end");
  }

  #object(depth: number): Map<string, StrictJson> {
    const entries = new Map<string, StrictJson>();
    this.#list("{", "}", () => {
      if (this.#peek() !== '"') this.#fail("a key");
      const key = this.#string();
      if (entries.has(key)) this.#fail(`a new key instead of ${JSON.stringify(key)} again`);
      this.#take(":");
      entries.set(key, this.value(depth + 1));
    });
    return entries;
  }

  #array(depth: number): StrictJson[] {
    const items: StrictJson[] = [];
    this.#list("[", "]", () => items.push(this.value(depth + 1)));
    return items;
  }

  #list(open: string, close: string, readItem: () => void): void {
    this.#take(open);
    if (this.#peek() !== close) {
      readItem();
      while (this.#peek() === ",") {
        this.#at += 1;
        readItem();
      }
    }
    this.#take(close);
  }

  #string(): string {
    let end = this.#at;
    do end = this.#text.indexOf('"', end + 1);
    while (end > 0 && this.#isEscaped(end));
    const parsed = this.#parsed(this.#text.slice(this.#at, end < 0 ? undefined : end + 1));
    if (typeof parsed !== "string") this.#fail("a string");
    this.#at = end + 1;
    return parsed;
  }

  /** Whether an odd number of backslashes stands before this position. */
  #isEscaped(position: number): boolean {
    let start = position;
    while (this.#text[start - 1] === "\\") start -= 1;
    return (position - start) % 2 === 1;
  }

  #literal(): null | boolean | number {
    let end = this.#at;
    while (/[-+.\w]/.test(this.#text.charAt(end))) end += 1;
    const parsed = this.#parsed(this.#text.slice(this.#at, end));
    if (typeof parsed !== "number" && typeof parsed !== "boolean" && parsed !== null) this.#fail("a value");
    this.#at = end;
    return parsed;
  }

  #parsed(literal: string): unknown {
    try {
      const value: unknown = JSON.parse(literal);
      return value;
    } catch {
      this.#fail("a value"); // Says more than the parser's error, whose position counts from here.
    }
  }

  /** The next character that is no white space; empty at the end. */
  #peek(): string {
    while (/[ \t\n\r]/.test(this.#text.charAt(this.#at))) this.#at += 1;
    return this.#text.charAt(this.#at);
  }

  #take(character: string): void {
    if (this.#peek() !== character) this.#fail(`"${character}"`);
    this.#at += 1;
  }

  #fail(expected: string): never {
    const found = this.#text.slice(this.#at, this.#at + 20);
    throw new CodecError({
      message: `This is not the JSON it should be (character ${this.#at}).`,
      expected,
      received: found === "" ? "the end" : JSON.stringify(found),
    });
  }
}
