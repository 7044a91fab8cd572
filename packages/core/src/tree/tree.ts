import { Tensor } from "@tensorflow/tfjs-core";

/** One leaf of a nested value and the keys that lead to it. */
export interface TreeLeaf {
  readonly path: readonly (string | number)[];
  readonly value: unknown;
}

/**
 * Copies a nested value, with every leaf replaced by `replace(leaf, path)`.
 * Arrays, plain objects and Maps with string keys are branches; everything else (tensors, typed arrays, class
 * instances) is a leaf.
 */
export function mapTree(
  value: unknown,
  replace: (leaf: unknown, path: readonly (string | number)[]) => unknown,
): unknown {
  return mapAt(value, replace, []);
}

function mapAt(
  value: unknown,
  replace: (leaf: unknown, path: readonly (string | number)[]) => unknown,
  path: readonly (string | number)[],
): unknown {
  if (Array.isArray(value)) return value.map((item, index) => mapAt(item, replace, [...path, index]));
  if (isStringMap(value)) return new Map([...value].map(([key, item]) => [key, mapAt(item, replace, [...path, key])]));
  if (isPlainObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapAt(item, replace, [...path, key])]));
  return replace(value, path);
}

/** All leaves of a nested value, in order. */
export function flattenTree(value: unknown): TreeLeaf[] {
  const leaves: TreeLeaf[] = [];
  visitLeaves(value, [], (leaf, path) => leaves.push({ path, value: leaf }));
  return leaves;
}

/** All tensors in a nested value, variables included, in order; one that occurs twice is listed twice. */
export function tensorsIn(value: unknown): Tensor[] {
  const found: Tensor[] = [];
  visitLeaves(value, [], (leaf) => {
    if (leaf instanceof Tensor) found.push(leaf);
  });
  return found;
}

function visitLeaves(
  value: unknown,
  path: readonly (string | number)[],
  visit: (leaf: unknown, path: readonly (string | number)[]) => void,
): void {
  if (Array.isArray(value)) value.forEach((item, index) => visitLeaves(item, [...path, index], visit));
  else if (isStringMap(value)) for (const [key, item] of value) visitLeaves(item, [...path, key], visit);
  else if (isPlainObject(value))
    for (const [key, item] of Object.entries(value)) visitLeaves(item, [...path, key], visit);
  else visit(value, path);
}

function isStringMap(value: unknown): value is Map<string, unknown> {
  return value instanceof Map && [...value.keys()].every((key) => typeof key === "string");
}

/** True for `{}`, object literals and objects without a prototype; false for instances of classes. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
