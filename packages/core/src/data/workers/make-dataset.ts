import { describeValue } from "../../errors/describe-value.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import type { Dataset, IterableDataset } from "../dataset.js";
import { builtInDatasets } from "./built-in-datasets.js";
import type { DatasetRecipe, ExportRecipe } from "./dataset-recipe.js";
import { unpack } from "./parcel.js";

export type AnyDataset = Dataset<unknown> | IterableDataset<unknown>;

/** Makes a dataset in a worker. @throws MisconfigurationError where the recipe gives none */
export async function makeDataset(recipe: DatasetRecipe): Promise<AnyDataset> {
  const dataset = await madeOf(recipe);
  if (isDataset(dataset)) return dataset;
  throw new MisconfigurationError({
    message: `${recipe.name} of ${recipe.module ?? "this package"} is no dataset.`,
    expected: "a class of datasets, or a function that returns one",
    received: describeValue(dataset),
  });
}

async function madeOf({ module, name, args, datasets }: DatasetRecipe): Promise<unknown> {
  const parts: AnyDataset[] = [];
  for (const part of datasets) parts.push(await makeDataset(part));
  const values: unknown = unpack(args, (number) => parts[number]);
  const list = Array.isArray(values) ? values : [];
  if (module !== undefined) return callExport({ module, name }, list);
  const builtIn = builtInDatasets.get(name);
  return builtIn === undefined ? undefined : Reflect.construct(builtIn, list);
}

/**
 * Imports a class or function and calls it.
 * @throws MisconfigurationError where the module does not export it
 */
export async function callExport({ module, name }: ExportRecipe, args: readonly unknown[]): Promise<unknown> {
  const exports: object = await import(/* @vite-ignore */ module);
  const callee: unknown = Reflect.get(exports, name);
  if (typeof callee !== "function")
    throw new MisconfigurationError({
      message: `${module} does not export the class or function ${name}.`,
      received: `the exports ${Object.keys(exports).join(", ") || "(none)"}`,
    });
  return isClass(callee) ? Reflect.construct(callee, args) : Reflect.apply(callee, undefined, args);
}

function isClass(callee: object): boolean {
  return Function.prototype.toString.call(callee).startsWith("class");
}

function isDataset(value: unknown): value is AnyDataset {
  return (
    typeof value === "object" &&
    value !== null &&
    (Symbol.asyncIterator in value || (("get" in value || "getBatch" in value) && "length" in value))
  );
}
