import { classNameOf } from "../../errors/class-name.js";
import { describeValue } from "../../errors/describe-value.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { isPlainObject } from "../../tree/tree.js";
import { builtInDatasets } from "./built-in-datasets.js";
import { pack } from "./parcel.js";

/** How a worker makes a dataset, as data that can be sent to it. */
export interface DatasetRecipe {
  /** Undefined for a class of this package. */
  readonly module: string | undefined;
  readonly name: string;
  /** Packed; datasets among them are replaced by their number in `datasets`. */
  readonly args: unknown;
  readonly datasets: readonly DatasetRecipe[];
}

/** What a worker imports and calls, as data that can be sent to it. */
export interface ExportRecipe {
  readonly module: string;
  readonly name: string;
}

/**
 * @param mainModule the program's own file, which must not be imported again
 * @throws MisconfigurationError for a dataset that does not say how a worker makes it
 */
export function datasetRecipe(dataset: object, mainModule: string | undefined): DatasetRecipe {
  const source: unknown = Reflect.get(dataset, "workerSource");
  const owner = classNameOf(dataset);
  if (!isPlainObject(source)) throw noSource(owner, source);
  const { builtIn, args = [] } = source;
  // What a class of one's own inherits from a class of this package would make another dataset.
  const isInherited = typeof builtIn === "string" && dataset.constructor !== builtInDatasets.get(builtIn);
  if (!Array.isArray(args) || isInherited) throw noSource(owner, undefined);
  const found: DatasetRecipe[] = [];
  const packed = pack(args, `An argument of ${owner}'s workerSource`, (leaf) =>
    isDataset(leaf) ? found.push(datasetRecipe(leaf, mainModule)) - 1 : undefined,
  );
  if (typeof builtIn === "string") return { module: undefined, name: builtIn, args: packed, datasets: found };
  return { ...exportRecipe(`${owner}'s workerSource`, source, mainModule), args: packed, datasets: found };
}

/** @throws MisconfigurationError unless `value` names what a module exports */
export function exportRecipe(owner: string, value: unknown, mainModule: string | undefined): ExportRecipe {
  const { module, name = "default" }: { module?: unknown; name?: unknown } = isPlainObject(value)
    ? value
    : { module: value };
  const url = module instanceof URL ? module.href : module;
  if (typeof url !== "string" || !URL.canParse(url) || typeof name !== "string")
    throw new MisconfigurationError({
      message: `${owner} does not name a module.`,
      expected: 'the URL of a file, and the name of an export: { module: import.meta.url, name: "Digits" }',
      received: describeValue(value),
      tryThis:
        typeof value === "function"
          ? "a file of its own for the function, which worker threads can import; functions cannot be sent to them."
          : 'new URL("./digits.js", import.meta.url), or import.meta.url in the dataset\'s own file.',
    });
  if (url !== mainModule) return { module: url, name };
  throw new MisconfigurationError({
    message: `${owner} names the file that the program began with. Each worker would run the whole program again.`,
    expected: "a file that only defines things",
    received: url,
    tryThis: "a file of its own for the dataset, or numWorkers: 0.",
  });
}

/** The modules that a worker will import. */
export function modulesOf({ module, datasets }: DatasetRecipe): readonly string[] {
  return [...(module === undefined ? [] : [module]), ...datasets.flatMap(modulesOf)];
}

function isDataset(value: unknown): value is object {
  return (
    typeof value === "object" &&
    value !== null &&
    !isPlainObject(value) &&
    ("workerSource" in value || (("get" in value || Symbol.asyncIterator in value) && "length" in value))
  );
}

function noSource(owner: string, source: unknown): MisconfigurationError {
  return new MisconfigurationError({
    message: `Worker threads cannot make this ${owner}: objects with methods cannot be sent to them.`,
    expected: "a dataset that says with workerSource which class of which module a worker imports, and its arguments",
    received: source === undefined ? "no workerSource" : describeValue(source),
    tryThis: `readonly workerSource = { module: import.meta.url, name: "${owner}", args: [] }; in a file of its own, with the constructor's arguments. Or numWorkers: 0.`,
  });
}
