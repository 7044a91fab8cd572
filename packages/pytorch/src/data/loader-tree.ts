import { describeValue, isPlainObject, MisconfigurationError } from "@lightning-ts/core";
import type { BatchSource, LoaderFeatures } from "../words/batch-source.js";

/** Loaders in arrays and objects. */
export type LoaderTree = BatchSource<unknown> | readonly LoaderTree[] | { readonly [name: string]: LoaderTree };

/** True for what can be iterated for batches; text and typed arrays are data. */
export function isBatchSource(value: unknown): value is BatchSource<unknown> {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return false;
  return Symbol.asyncIterator in value || Symbol.iterator in value;
}

/** An array of loaders is a collection; an array of anything else is itself a source of batches. */
export function isLoaderList(value: unknown): value is readonly LoaderTree[] {
  return Array.isArray(value) && value.length > 0 && value.every(isLoaderNode);
}

/** What iterates over batches and is no batch itself, or an object of such. */
function isLoaderNode(value: unknown): boolean {
  if (isPlainObject(value) && !isBatchSource(value))
    return (
      Object.keys(value).length > 0 && Object.values(value).every((child) => isLoaderNode(child) || isLoaderList(child))
    );
  return isBatchSource(value) && !Array.isArray(value) && !(value instanceof Map) && !(value instanceof Set);
}

/** True for loaders in arrays and objects, also for one alone. */
export function isLoaderTree(value: unknown): value is LoaderTree {
  if (isBatchSource(value)) return true;
  return isPlainObject(value) && Object.keys(value).length > 0 && Object.values(value).every(isLoaderTree);
}

/** A tree of the same form with other loaders. */
export function mapLoaders(
  tree: LoaderTree,
  change: (loader: BatchSource<unknown>) => BatchSource<unknown>,
): LoaderTree {
  if (isLoaderList(tree)) return tree.map((child) => mapLoaders(child, change));
  if (isBatchSource(tree)) return change(tree);
  return Object.fromEntries(Object.entries(tree).map(([name, child]) => [name, mapLoaders(child, change)]));
}

/** The loaders of a tree, in order. @throws MisconfigurationError for a leaf that is none */
export function flattenLoaders(tree: LoaderTree): BatchSource<unknown>[] {
  if (isLoaderList(tree)) return tree.flatMap(flattenLoaders);
  if (isBatchSource(tree)) return [tree];
  if (!isPlainObject(tree))
    throw new MisconfigurationError({
      code: "LIT_DATALOADER",
      message: "This cannot be iterated over for batches.",
      expected: "loaders, or arrays and objects of them",
      received: describeValue(tree),
    });
  return Object.values(tree).flatMap(flattenLoaders);
}

/** A value of the tree's form, with one leaf for each loader. */
export function rebuildTree(tree: LoaderTree, leaves: readonly unknown[]): unknown {
  const rest = [...leaves];
  const rebuild = (node: LoaderTree): unknown => {
    if (isLoaderList(node)) return node.map(rebuild);
    if (isBatchSource(node)) return rest.shift();
    return Object.fromEntries(Object.entries(node).map(([name, child]) => [name, rebuild(child)]));
  };
  return rebuild(tree);
}

/** How many batches a source yields, `Infinity` when it cannot tell. */
export function lengthOf(source: BatchSource<unknown>): number {
  const { length } = featuresOf(source);
  return length ?? Number.POSITIVE_INFINITY;
}

/** What a source offers beyond iteration. */
export function featuresOf(source: BatchSource<unknown> & LoaderFeatures): LoaderFeatures {
  return source;
}

/** Starts iterating, whichever kind of iterable it is. */
export function openSource(source: BatchSource<unknown>): AsyncIterator<unknown> | Iterator<unknown> {
  return Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
}
