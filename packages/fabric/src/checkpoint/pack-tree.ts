import {
  decodeBase64,
  describeValue,
  encodeBase64,
  isPlainObject,
  noteFileFormat,
  type HostTensor,
} from "@lightning-ts/core";
import { Tensor, TensorBuffer } from "@tensorflow/tfjs-core";
import { CheckpointValueError } from "./checkpoint-errors.js";
import type { CheckpointValue, LoadedTree, LoadedValue, SaveOptions } from "./checkpoint-store.js";

/** A tree split into tensors by name and a plain description with references to them. */
export interface PackedTree {
  readonly tensors: ReadonlyMap<string, Tensor | HostTensor>;
  readonly description: unknown;
}

const TENSOR = "$tensor";
const BYTES = "$bytes";

type Path = readonly (string | number)[];

/** @throws CheckpointValueError for a value that a checkpoint cannot hold */
export function packTree(tree: { readonly [key: string]: CheckpointValue }, options: SaveOptions = {}): PackedTree {
  const tensors = new Map<string, Tensor | HostTensor>();
  const addTensor = (tensor: Tensor | HostTensor, path: Path): unknown => {
    const ownName = path[0] === options.weights && path.length > 1 ? path.slice(1) : path;
    let name = ownName.join("/");
    while (tensors.has(name)) name += "'";
    tensors.set(name, tensor);
    return { [TENSOR]: name };
  };
  return { description: pack(tree, [], addTensor), tensors };
}

function pack(value: unknown, path: Path, addTensor: (tensor: Tensor | HostTensor, path: Path) => unknown): unknown {
  if (isPlainValue(value)) return value;
  if (value instanceof Tensor || value instanceof TensorBuffer) return addTensor(value, path);
  if (value instanceof Uint8Array) return { [BYTES]: encodeBase64(value) };
  if (Array.isArray(value))
    return value.map((item, index) => (item === undefined ? null : pack(item, [...path, index], addTensor)));
  const entries = entriesOf(value);
  if (entries === undefined) throw new CheckpointValueError(path, describeValue(value));
  const packed: Record<string, unknown> = Object.create(null);
  for (const [key, item] of entries) {
    if (item !== undefined) packed[key.startsWith("$") ? `$${key}` : key] = pack(item, [...path, key], addTensor);
  }
  return packed;
}

/** @throws CheckpointValueError for a value that a checkpoint cannot hold */
export function requireStorable(value: unknown, path: Path): asserts value is CheckpointValue {
  if (value === undefined || isPlainValue(value)) return;
  if (value instanceof Tensor || value instanceof TensorBuffer || value instanceof Uint8Array) return;
  const entries = Array.isArray(value) ? value.entries() : entriesOf(value);
  if (entries === undefined) throw new CheckpointValueError(path, describeValue(value));
  for (const [key, item] of entries) requireStorable(item, [...path, key]);
}

function isPlainValue(value: unknown): value is string | boolean | number | null {
  return value === null || typeof value === "string" || typeof value === "boolean" || typeof value === "number";
}

function entriesOf(value: unknown): [string, unknown][] | undefined {
  if (value instanceof Map) return [...value].map(([key, item]) => [String(key), item]);
  return isPlainObject(value) ? Object.entries(value) : undefined;
}

/**
 * Puts a packed tree together again.
 * @param olderFormat the number of the file's format, if it is an older one: every part of the tree tells it to the
 *   modules that load it
 * @throws TypeError for a description that `packTree` cannot have made
 */
export function unpackTree(
  description: unknown,
  tensors: ReadonlyMap<string, HostTensor>,
  olderFormat?: number,
): LoadedTree {
  const tree = unpack(description, tensors, olderFormat);
  if (!isTree(tree)) throw new TypeError("its description is no object.");
  return tree;
}

function unpack(
  value: unknown,
  tensors: ReadonlyMap<string, HostTensor>,
  olderFormat: number | undefined,
): LoadedValue {
  if (isPlainValue(value)) return value;
  if (Array.isArray(value)) {
    // In place: a list of millions is not held twice.
    for (let i = 0; i < value.length; i += 1) value[i] = unpack(value[i], tensors, olderFormat);
    return value;
  }
  if (!isPlainObject(value)) throw new TypeError(`its description holds a ${typeof value}.`);
  const { [TENSOR]: name, [BYTES]: bytes } = value;
  if (typeof name === "string") {
    const tensor = tensors.get(name);
    if (tensor === undefined)
      throw new TypeError(`its description names the tensor "${name}", which is not in the file.`);
    return tensor;
  }
  if (typeof bytes === "string") return decodeBase64(bytes);
  const tree: LoadedTree = Object.create(null);
  noteFileFormat(tree, olderFormat);
  for (const [key, item] of Object.entries(value))
    tree[key.startsWith("$$") ? key.slice(1) : key] = unpack(item, tensors, olderFormat);
  return tree;
}

/** Whether a loaded value is the tree that an object or a map has become. */
export function isTree(value: LoadedValue | undefined): value is LoadedTree {
  return isPlainObject(value);
}
