import { describeValue } from "../errors/describe-value.js";
import { Tensor, TensorBuffer, type DataType } from "@tensorflow/tfjs-core";
import { LightningError } from "../errors/lightning-error.js";
import { isPlainObject } from "../tree/tree.js";
import type { Collated } from "./collated.js";
import {
  copyValues,
  hostTensor,
  isFloatArray,
  isIntegerArray,
  sizeOf,
  type HostTensor,
  type HostValues,
} from "./host-tensor.js";
import { allocateUncleared } from "./uncleared-values.js";

/** Items do not fit into one batch. */
export class CollateError extends LightningError {
  constructor(options: {
    readonly message: string;
    readonly expected?: string;
    readonly received?: string;
    readonly tryThis?: string;
  }) {
    super({ ...options, code: "LIT_COLLATE" });
  }
}

/**
 * Makes one batch of items of the same form, like torch's `default_collate`.
 * Numbers -> float32 [B]; booleans -> bool [B]; strings -> string[]; Float32Array and Float64Array of length n ->
 * float32 [B, n]; integer arrays -> int32 [B, n]; TensorBuffer [...] -> [B, ...] of its dtype; arrays and plain objects
 * part by part.
 * @throws CollateError when the items differ in form or shape, or hold something else
 */
export function defaultCollate<TItem>(items: readonly TItem[]): Collated<TItem>;
export function defaultCollate(items: readonly unknown[]): unknown {
  return collateAt(items, "");
}

function collateAt(items: readonly unknown[], path: string): unknown {
  const first = items[0];
  if (typeof first === "number")
    return hostTensor(
      Float32Array.from(items, (item, i) => numberAt(item, i, path)),
      [items.length],
      "float32",
    );
  if (typeof first === "boolean")
    return hostTensor(
      Uint8Array.from(items, (item, i) => booleanAt(item, i, path)),
      [items.length],
      "bool",
    );
  if (typeof first === "string")
    return items.map((item, i) => (typeof item === "string" ? item : differs("a string", item, i, path)));
  const block = asBlock(first);
  if (block !== undefined) return stackBlocks(items, block, path);
  if (Array.isArray(first)) return collateArrays(items, first.length, path);
  if (isPlainObject(first)) return collateObjects(items, Object.keys(first), path);
  throw new CollateError({
    message: `The default collate cannot batch ${shapeOrValue(first)}${at(path)}.`,
    expected: "numbers, strings, booleans, typed arrays, TensorBuffers, and arrays or objects of them",
    tryThis:
      first instanceof Tensor
        ? "items as typed arrays or TensorBuffers (await tensor.buffer()); batches become tensors when they are moved to the device."
        : "a `collate` option that makes the batch.",
  });
}

interface Block {
  readonly values: HostValues;
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

function asBlock(value: unknown): Block | undefined {
  if (value instanceof TensorBuffer) return value;
  if (isFloatArray(value)) return { values: value, shape: [value.length], dtype: "float32" };
  if (isIntegerArray(value)) return { values: value, shape: [value.length], dtype: "int32" };
  return undefined;
}

function stackBlocks(items: readonly unknown[], first: Block, path: string): HostTensor {
  const size = sizeOf(first.shape);
  const values = allocateUncleared(first.dtype, size * items.length);
  items.forEach((item, i) => {
    const block = asBlock(item);
    const fits =
      block?.dtype === first.dtype &&
      block.shape.length === first.shape.length &&
      block.shape.every((length, d) => length === first.shape[d]);
    if (block === undefined || !fits) differs(`${first.dtype} [${first.shape.join(", ")}] like item 0`, item, i, path);
    else copyValues(block.values, 0, size, values, i * size);
  });
  return hostTensor(values, [items.length, ...first.shape], first.dtype);
}

function collateArrays(items: readonly unknown[], length: number, path: string): unknown[] {
  return Array.from({ length }, (_, part) =>
    collateAt(
      items.map((item, i): unknown =>
        Array.isArray(item) && item.length === length
          ? item[part]
          : differs(`an array of length ${length} like item 0`, item, i, path),
      ),
      `${path}[${part}]`,
    ),
  );
}

function collateObjects(items: readonly unknown[], keys: readonly string[], path: string): Record<string, unknown> {
  const parts = keys.map((key) => {
    const values = items.map((item, i) =>
      isPlainObject(item) && Object.hasOwn(item, key)
        ? item[key]
        : differs(`an object with the keys ${keys.join(", ")} like item 0`, item, i, path),
    );
    return [key, collateAt(values, `${path}.${key}`)] as const;
  });
  return Object.fromEntries(parts);
}

function numberAt(item: unknown, position: number, path: string): number {
  return typeof item === "number" ? item : differs("a number", item, position, path);
}

function booleanAt(item: unknown, position: number, path: string): number {
  return typeof item === "boolean" ? Number(item) : differs("a boolean", item, position, path);
}

function differs(expected: string, item: unknown, position: number, path: string): never {
  throw new CollateError({
    message: `Item ${position} of the batch does not fit to the others${at(path)}.`,
    expected,
    received: shapeOrValue(item),
    tryThis: "items of one form, padded to one shape, or a `collate` option that makes the batch.",
  });
}

const at = (path: string): string => (path === "" ? "" : ` at item${path}`);

/** Blocks of numbers as dtype and shape, which must agree; anything else in words. */
function shapeOrValue(value: unknown): string {
  const block = asBlock(value);
  return block === undefined ? describeValue(value) : `${block.dtype} [${block.shape.join(", ")}]`;
}
