import { Tensor, TensorBuffer, type DataType, type DataTypeMap } from "@tensorflow/tfjs-core";
import { describeValue } from "../../errors/describe-value.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { isPlainObject } from "../../tree/tree.js";
import { hostTensor } from "../host-tensor.js";

/** Keys of the objects that stand in for what a structured clone would not keep. */
const TENSOR = "lightning-ts:tensor";
const REPLACED = "lightning-ts:replaced";

interface PackedTensor {
  readonly [TENSOR]: true;
  readonly values: DataTypeMap[DataType];
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

/**
 * Host data in a form that threads can send each other.
 * @param what for messages, such as "An item"
 * @param replaced gives the number of a leaf that the receiver makes itself; undefined for all others
 * @throws MisconfigurationError for what would not arrive as it is
 */
export function pack(value: unknown, what: string, replaced: (leaf: unknown) => number | undefined = () => undefined) {
  return packAt(value, what, replaced);
}

function packAt(value: unknown, what: string, replaced: (leaf: unknown) => number | undefined): unknown {
  if (typeof value !== "object" || value === null) return isPrimitive(value) ? value : refuse(value, what);
  const number = replaced(value);
  if (number !== undefined) return { [REPLACED]: number };
  if (value instanceof TensorBuffer)
    return { [TENSOR]: true, values: value.values, shape: value.shape, dtype: value.dtype } satisfies PackedTensor;
  if (Array.isArray(value)) return value.map((item) => packAt(item, what, replaced));
  if (isPlainObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, packAt(item, what, replaced)]));
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, packAt(item, what, replaced)]));
  return isCloned(value) ? value : refuse(value, what);
}

/** What was packed, with everything in its place again. */
export function unpack(value: unknown, replacement: (number: number) => unknown = () => undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => unpack(item, replacement));
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, unpack(item, replacement)]));
  if (!isPlainObject(value)) return value;
  if (isPackedTensor(value)) return hostTensor(value.values, value.shape, value.dtype);
  const number = value[REPLACED];
  if (typeof number === "number") return replacement(number);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unpack(item, replacement)]));
}

/** The memory of a batch that nobody else holds, so that it can be handed over. */
export function memoryOf(value: unknown, found = new Set<ArrayBuffer>()): ReadonlySet<ArrayBuffer> {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer);
  } else if (Array.isArray(value)) for (const item of value) memoryOf(item, found);
  else if (isPlainObject(value)) for (const item of Object.values(value)) memoryOf(item, found);
  return found;
}

function isPackedTensor(value: object): value is PackedTensor {
  return TENSOR in value;
}

function isPrimitive(value: unknown): boolean {
  return typeof value !== "function" && typeof value !== "symbol";
}

/** Objects that a structured clone keeps as they are. */
function isCloned(value: object): boolean {
  return (
    ArrayBuffer.isView(value) ||
    value instanceof ArrayBuffer ||
    (typeof SharedArrayBuffer !== "undefined" && value instanceof SharedArrayBuffer) ||
    value instanceof Date ||
    value instanceof RegExp ||
    value instanceof Set
  );
}

function refuse(value: unknown, what: string): never {
  throw new MisconfigurationError({
    message: `${what} cannot pass between threads.`,
    expected: "numbers, strings, booleans, typed arrays, TensorBuffers, and arrays, objects and Maps of them",
    received: describeValue(value),
    tryThis:
      value instanceof Tensor
        ? "a TensorBuffer (await tensor.buffer()); batches become tensors when they are moved to the device."
        : "plain data, or numWorkers: 0.",
  });
}
