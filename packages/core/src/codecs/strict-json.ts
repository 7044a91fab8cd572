import { CodecError } from "./codec-error.js";
import { jsonStructureOf } from "./json-structure.js";

/** Objects have the keys of the text as their own; whoever reads one looks with `Object.hasOwn`. */
export type StrictJson = null | boolean | number | string | StrictJson[] | { [key: string]: StrictJson };

const MAX_DEPTH = 64;

/**
 * Reads JSON text without trusting it: keys may not repeat, nesting is limited to 64 levels and the number of values to
 * `mostValues`, which is found out before anything is made of the text.
 * @param bytes UTF-8
 * @throws CodecError
 */
export function parseStrictJson(bytes: Uint8Array, mostValues: number): StrictJson {
  const { keys, values, depth } = jsonStructureOf(bytes, mostValues);
  if (values > mostValues) fail(`at most ${mostValues} values`, "more");
  if (depth > MAX_DEPTH) fail(`at most ${MAX_DEPTH} levels`, `${depth}`);
  const value = parse(decodeText(bytes));
  if (!isJson(value)) fail("JSON", typeof value);
  const found = countKeys(value);
  if (found !== keys) fail("each key once in its object", `${keys - found} that come again`);
  return value;
}

function parse(text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text);
    return parsed;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CodecError({ message: `This is not the JSON it should be: ${reason}.`, cause });
  }
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new CodecError({ message: "This JSON is no UTF-8 text.", cause });
  }
}

function isJson(value: unknown): value is StrictJson {
  return value === null || ["boolean", "number", "string", "object"].includes(typeof value);
}

/** How many keys all objects have together. What JSON gives has no keys but its own. */
function countKeys(value: StrictJson): number {
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === "object") count += countKeys(item);
  } else if (typeof value === "object" && value !== null) {
    for (const key in value) {
      count += 1;
      const item = value[key];
      if (typeof item === "object") count += countKeys(item);
    }
  }
  return count;
}

function fail(expected: string, received: string): never {
  throw new CodecError({ message: "This is not the JSON it should be.", expected, received });
}
