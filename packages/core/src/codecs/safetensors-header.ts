import { describeValue } from "../errors/describe-value.js";
import { isCount } from "../errors/saved-numbers.js";
import { sizeOf } from "../data/host-tensor.js";
import { CodecError } from "./codec-error.js";
import { SAFETENSORS_DTYPES, type SafetensorsDType } from "./safetensors-dtypes.js";
import { parseStrictJson, type StrictJson } from "./strict-json.js";

/** Python's reader refuses longer headers, too. */
export const MAX_HEADER_BYTES = 100_000_000;
/** In the header, some seventy thousand tensors: larger models come in several files. */
export const MAX_HEADER_VALUES = 750_000;
const LENGTH_BYTES = 8;
const METADATA_KEY = "__metadata__";

/** Where a tensor lies in the file. */
export interface SafetensorsEntry {
  readonly name: string;
  readonly dtype: SafetensorsDType;
  readonly shape: readonly number[];
  /** First byte in the file, and the byte after the last. */
  readonly begin: number;
  readonly end: number;
}

/** What a safetensors file says about itself; checked as a whole. */
export interface SafetensorsHeader {
  /** In the order of their bytes. */
  readonly entries: readonly SafetensorsEntry[];
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * How many bytes from the beginning of the file `parseSafetensorsHeader` needs. @param start at least the first 8 bytes
 */
export function safetensorsHeaderLength(start: Uint8Array, fileSizeBytes: number): number {
  if (start.length < LENGTH_BYTES) fail(`a file of at least ${LENGTH_BYTES} bytes`, `${start.length} bytes`);
  const length = new DataView(start.buffer, start.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) fail(`a header of at most ${MAX_HEADER_BYTES} bytes`, `${length}`);
  if (LENGTH_BYTES + Number(length) > fileSizeBytes)
    fail(`a header of ${length} bytes`, `a file of ${fileSizeBytes} bytes: it is cut off`);
  return LENGTH_BYTES + Number(length);
}

/**
 * Reads and checks a safetensors header: every tensor has a known dtype, its bytes fit its shape, and together the
 * tensors cover the rest of the file without gaps or overlaps. Nothing is allocated by what the header claims.
 * @param start the file's bytes from the beginning, at least `safetensorsHeaderLength` of them
 * @throws CodecError
 */
export function parseSafetensorsHeader(start: Uint8Array, fileSizeBytes: number): SafetensorsHeader {
  const dataStart = safetensorsHeaderLength(start, fileSizeBytes);
  const fields = parseStrictJson(start.subarray(LENGTH_BYTES, dataStart), MAX_HEADER_VALUES);
  if (!isObject(fields)) fail("a header that is a JSON object", describeValue(fields));
  const entries: SafetensorsEntry[] = [];
  for (const [name, info] of Object.entries(fields)) {
    if (name !== METADATA_KEY) entries.push(entryOf(name, info, dataStart));
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkCoverage(entries, dataStart, fileSizeBytes);
  return { entries, metadata: metadataOf(fieldOf(fields, METADATA_KEY)) };
}

type JsonObject = { readonly [key: string]: StrictJson };

function isObject(value: StrictJson): value is { [key: string]: StrictJson } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fieldOf(object: JsonObject, name: string): StrictJson | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function metadataOf(value: StrictJson | undefined): ReadonlyMap<string, string> {
  const metadata = new Map<string, string>();
  if (value === undefined) return metadata;
  if (!isObject(value)) fail("__metadata__ as an object of strings", describeValue(value));
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string")
      fail("__metadata__ as an object of strings", `${describeValue(text)} under ${JSON.stringify(key)}`);
    metadata.set(key, text);
  }
  return metadata;
}

function entryOf(name: string, info: StrictJson, dataStart: number): SafetensorsEntry {
  if (!isObject(info)) fail(`an object for ${tensorCalled(name)}`, describeValue(info));
  const dtype = fieldOf(info, "dtype");
  if (!isKnown(dtype))
    fail(`a dtype of ${SAFETENSORS_DTYPES.join(", ")} for ${tensorCalled(name)}`, describeValue(dtype));
  const shape = countsOf(name, "a shape", fieldOf(info, "shape"));
  const offsets = countsOf(name, "two data_offsets", fieldOf(info, "data_offsets"));
  const [begin, end] = offsets;
  if (begin === undefined || end === undefined || offsets.length > 2)
    fail(`two data_offsets for ${tensorCalled(name)}`, describeValue(offsets));
  const needed = sizeOf(shape) * bytesOf(dtype);
  if (end - begin !== needed)
    fail(`${needed} bytes for ${tensorCalled(name)}, ${dtype} [${shape.join(", ")}]`, `${end - begin} bytes`);
  return { name, dtype, shape, begin: dataStart + begin, end: dataStart + end };
}

function tensorCalled(name: string): string {
  return `tensor ${JSON.stringify(name)}`;
}

function isKnown(dtype: StrictJson | undefined): dtype is SafetensorsDType {
  return typeof dtype === "string" && BYTES.has(dtype);
}

/** The list itself, where it holds whole numbers alone. */
function countsOf(name: string, what: string, value: StrictJson | undefined): readonly number[] {
  if (!isNumbers(value)) {
    const wrong = Array.isArray(value) ? value.find((count) => !isCount(count)) : value;
    fail(`${what} for ${tensorCalled(name)}${Array.isArray(value) ? " of whole numbers" : ""}`, describeValue(wrong));
  }
  return value;
}

function isNumbers(value: StrictJson | undefined): value is number[] {
  return Array.isArray(value) && value.every(isCount);
}

function checkCoverage(entries: readonly SafetensorsEntry[], dataStart: number, fileSizeBytes: number): void {
  let at = dataStart;
  for (const { name, begin, end } of entries) {
    if (begin !== at)
      fail(`tensor ${JSON.stringify(name)} to begin where the one before ends (byte ${at})`, `byte ${begin}`);
    at = end;
  }
  if (at !== fileSizeBytes)
    fail(`a file of ${at} bytes`, `${fileSizeBytes} bytes${at > fileSizeBytes ? ": it is cut off" : ""}`);
}

/** Bytes of one element. */
export function bytesOf(dtype: SafetensorsDType): number {
  return BYTES.get(dtype) ?? 8;
}

const BYTES: ReadonlyMap<string, number> = new Map(
  SAFETENSORS_DTYPES.map((dtype) => [dtype, dtype === "BOOL" ? 1 : Number(/\d+$/.exec(dtype)?.[0] ?? 8) / 8]),
);

function fail(expected: string, received: string): never {
  throw new CodecError({ message: "This is not a valid safetensors file.", expected, received });
}
