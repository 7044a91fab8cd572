import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CodecError } from "./codec-error.js";
import { decodeJson, encodeJson } from "./json-codec.js";
import { parseStrictJson } from "./strict-json.js";

const roundTrip = (value: unknown) => decodeJson(encodeJson(value, 1), 1).value;

/** Numbers and keys that JSON alone would lose. */
const anyData = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.double(),
    fc.constantFrom(null, true, "", -0, Number.NaN, Number.POSITIVE_INFINITY),
    fc.string(),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom("__proto__", "$number", "$", "$$x")), tie("value"), {
      maxKeys: 4,
    }),
  ),
})).value;

describe("encodeJson and decodeJson", () => {
  it("keep every number, NaN, infinities and -0 included, and every key", () => {
    fc.assert(
      fc.property(anyData, (value) => {
        expect(sorted(roundTrip(value))).toEqual(sorted(value));
      }),
      { numRuns: 500 },
    );
  });

  it("write what other tools can read", () => {
    expect(JSON.parse(encodeJson({ loss: Number.NaN, epoch: 3, $x: undefined, $y: 1 }, 2))).toEqual({
      version: 2,
      value: { loss: { $number: "NaN" }, epoch: 3, $$y: 1 },
    });
  });

  it("give objects without a prototype, so that a key __proto__ is only a key", () => {
    const value = roundTrip(JSON.parse('{"__proto__":{"isAdmin":true}}'));
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(Object.keys(Object(value))).toEqual(["__proto__"]);
    expect(Reflect.get({}, "isAdmin")).toBeUndefined();
  });

  it.each<[string, unknown, string]>([
    ["a function", { a: [() => 1] }, "The value at value.a[0] cannot be written as JSON."],
    ["an instance of a class", { at: new Date(0) }, "Received an instance of Date."],
    ["undefined in an array", [undefined], "Received undefined."],
    ["a BigInt", 3n, "Received 3n."],
  ])("refuse %s", (_, value, message) => expect(() => encodeJson(value, 1)).toThrow(message));

  it("refuse a value that holds itself", () => {
    const cyclic: unknown[] = [];
    cyclic.push(cyclic);
    expect(() => encodeJson(cyclic, 1)).toThrow("holds itself");
  });

  it("say when a newer version wrote it", () => {
    expect(decodeJson(encodeJson("old", 1), 3)).toEqual({ version: 1, value: "old" });
    expect(() => decodeJson(encodeJson("new", 4), 3)).toThrow(
      "Expected version 3 or older. Received version 4. Try: updating lightning-ts.",
    );
  });

  it.each([
    ["", "This is not JSON."],
    ["[1]", "was not written by lightning-ts"],
    ['{"version":1}', "was not written by lightning-ts"],
    ['{"version":"1","value":1}', "was not written by lightning-ts"],
    ['{"version":1,"value":{"$number":"1e5"}}', "a number that is not known"],
    ['{"version":1,"value":{"$date":"x"}}', 'not known: "$date"'],
    [`{"version":1,"value":${"[".repeat(20_000)}${"]".repeat(20_000)}}`, "nested too deeply"],
  ])("refuse the text %#", (text, message) => expect(() => decodeJson(text, 1)).toThrow(message));

  it("never crash on other text", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map((value) => `{"version":1,"value":${value}}`),
        ),
        (text) => {
          try {
            decodeJson(text, 1);
          } catch (error) {
            expect(error).toBeInstanceOf(CodecError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("parseStrictJson", () => {
  it("agrees with JSON.parse, but refuses repeated keys", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parsed(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
    for (const text of ['{"a":1,"a":2}', '[{"b":{"a":1,"\\u0061":2}}]', '{"__proto__":1,"__proto__":2}'])
      expect(() => parsed(text)).toThrow("Expected each key once in its object. Received 1 that come again.");
  });

  it("counts no structure inside strings", () => {
    const text = JSON.stringify({ '[{":,': '\\"]}\\\\' });
    expect(parseStrictJson(new TextEncoder().encode(text), 2)).toEqual(JSON.parse(text));
  });

  it("refuses more values and levels than anybody needs, before it parses them", () => {
    expect(() => parsed("[1,2,3", 3)).toThrow("Expected at most 3 values. Received more.");
    expect(parsed("[1,2]", 3)).toEqual([1, 2]);
    expect(() => parsed(`${"[".repeat(65)}`)).toThrow("Expected at most 64 levels. Received 65.");
  });

  it("refuses bytes that are no text", () => {
    expect(() => parseStrictJson(Uint8Array.of(0x22, 0xff, 0x22), 9)).toThrow("no UTF-8 text");
  });

  it.each(["", "{", '{"a"}', "[1,]", "[1 2]", "nul", "01", '"\u0001"', '"\\x"', "{,}", "tru e", "[1]]", "NaN"])(
    "refuses %j",
    (text) => {
      expect(() => JSON.parse(text)).toThrow(SyntaxError);
      expect(() => parsed(text)).toThrow(CodecError);
    },
  );
});

function parsed(text: string, mostValues = 1000) {
  return parseStrictJson(new TextEncoder().encode(text), mostValues);
}

/** Without prototypes and with keys in one order, to compare by content. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return new Map(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}
