import { ArrayDataset } from "../array-dataset.js";
import { ChainDataset } from "../chain-dataset.js";
import { ConcatDataset } from "../concat-dataset.js";
import { StackDataset } from "../stack-dataset.js";
import { Subset } from "../subset.js";
import { TensorDataset } from "../tensor-dataset.js";

/** The datasets that every worker knows, by the name that their `workerSource` gives. */
export const builtInDatasets: ReadonlyMap<string, new (...args: never[]) => object> = new Map<
  string,
  new (...args: never[]) => object
>(Object.entries({ ArrayDataset, ChainDataset, ConcatDataset, StackDataset, Subset, TensorDataset }));
