import { describeValue } from "../errors/describe-value.js";
import { isPlainObject } from "../tree/tree.js";
import { CodecError } from "./codec-error.js";

/**
 * What `encodeJson` can write: JSON, with every number that JavaScript has. Properties that are undefined are left out.
 */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

/** A value and the version of its layout. */
export interface VersionedJson {
  readonly version: number;
  readonly value: JsonValue;
}

const NUMBER_KEY = "$number";
const MAX_DEPTH = 500;

/**
 * JSON text with a version. Numbers that JSON does not know are written as `{"$number": "NaN"}` (also `Infinity`,
 * `-Infinity`, `-0`); keys that begin with `$` get a second one.
 * @param version of the value's layout, chosen by whoever writes it
 * @throws CodecError for what is no data: functions, class instances, cycles
 */
export function encodeJson(value: unknown, version: number): string {
  return JSON.stringify({ version, value: pack(value, "value", 0) });
}

/**
 * Reads what `encodeJson` wrote. Objects have no prototype, so that no key has a meaning of its own.
 * @param newestVersion the newest layout that the caller understands
 * @throws CodecError for other text, and for a newer version
 */
export function decodeJson(text: string, newestVersion: number): VersionedJson {
  const parsed = parse(text);
  const version: unknown = isPlainObject(parsed) ? parsed["version"] : undefined;
  if (
    !isPlainObject(parsed) ||
    typeof version !== "number" ||
    !Number.isInteger(version) ||
    !Object.hasOwn(parsed, "value")
  ) {
    throw new CodecError({
      message: "This JSON was not written by lightning-ts.",
      expected: "an object with a version and a value",
    });
  }
  if (version > newestVersion) {
    throw new CodecError({
      message: "This was written by a newer lightning-ts.",
      expected: `version ${newestVersion} or older`,
      received: `version ${version}`,
      tryThis: "updating lightning-ts.",
    });
  }
  return { version, value: unpack(parsed["value"], 0) };
}

function parse(text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text);
    return parsed;
  } catch (cause) {
    throw new CodecError({ message: "This is not JSON.", received: JSON.stringify(text.slice(0, 60)), cause });
  }
}

function pack(value: unknown, path: string, depth: number): unknown {
  if (depth > MAX_DEPTH)
    throw new CodecError({ message: `A value at ${path.slice(0, 60)}… is nested too deeply, or holds itself.` });
  if (typeof value === "number")
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : { [NUMBER_KEY]: Object.is(value, -0) ? "-0" : String(value) };
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (Array.isArray(value)) return value.map((item, i) => pack(item, `${path}[${i}]`, depth + 1));
  if (!isPlainObject(value)) {
    throw new CodecError({
      message: `The value at ${path} cannot be written as JSON.`,
      expected: "null, booleans, numbers, strings, and arrays and objects of them",
      received: describeValue(value),
    });
  }
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(
    entries.map(([key, item]) => [key.startsWith("$") ? `$${key}` : key, pack(item, `${path}.${key}`, depth + 1)]),
  );
}

function unpack(value: unknown, depth: number): JsonValue {
  if (depth > MAX_DEPTH)
    throw new CodecError({ message: "This JSON is nested too deeply.", expected: `at most ${MAX_DEPTH} levels` });
  if (value === null || typeof value === "boolean" || typeof value === "string" || typeof value === "number")
    return value;
  if (Array.isArray(value)) {
    // In place: a list of millions is not held twice.
    for (let i = 0; i < value.length; i += 1) value[i] = unpack(value[i], depth + 1);
    return value;
  }
  const fields: Record<string, JsonValue> = Object.create(null);
  for (const [key, item] of Object.entries(Object(value))) {
    if (key === NUMBER_KEY) return specialNumber(item);
    if (key.startsWith("$") && !key.startsWith("$$"))
      throw new CodecError({
        message: `This JSON holds something that is not known: ${JSON.stringify(key)}.`,
        tryThis: "updating lightning-ts.",
      });
    fields[key.startsWith("$") ? key.slice(1) : key] = unpack(item, depth + 1);
  }
  return fields;
}

function specialNumber(name: unknown): number {
  if (name === "NaN" || name === "Infinity" || name === "-Infinity" || name === "-0") return Number(name);
  throw new CodecError({
    message: "This JSON holds a number that is not known.",
    expected: "NaN, Infinity, -Infinity or -0",
    received: String(name),
  });
}
