import type { DatasetRecipe, ExportRecipe } from "./dataset-recipe.js";
import type { SharedItem } from "./item-in-work.js";

/** What a worker has to know before the first batch. */
export interface WorkerSetup {
  readonly id: number;
  readonly numWorkers: number;
  readonly seed: number;
  readonly dataset: DatasetRecipe;
  /** Undefined where the dataset does not know its length. */
  readonly length: number | undefined;
  readonly init: ExportRecipe | undefined;
  readonly concurrency: number;
  /** Whether items become batches in the worker; otherwise the items are sent. */
  readonly collates: boolean;
  /** For datasets that are read one item after another. */
  readonly batchSize: number;
  readonly dropLast: boolean;
  /** Where the worker writes which item it makes. */
  readonly item: SharedItem | undefined;
}

/** What a worker is asked for; it answers in order. */
export type WorkerRequest =
  | { readonly kind: "setup"; readonly setup: WorkerSetup }
  | { readonly kind: "batch"; readonly indices: readonly number[]; readonly seed: number; readonly epochSeed: number }
  | {
      readonly kind: "open";
      readonly epoch: number;
      readonly state: Readonly<Record<string, unknown>> | undefined;
      readonly seed: number;
    }
  | { readonly kind: "next" };

/** What it answers; `batch` is packed, and null at an iterable dataset's end. */
export interface WorkerAnswer {
  readonly batch?: unknown;
  readonly datasetState?: Readonly<Record<string, unknown>> | undefined;
  /** Whether the dataset asked which worker it is in. */
  readonly knowsWorker?: boolean | undefined;
}

export type ToWorker = WorkerRequest & { readonly request: number };

export type FromWorker =
  | { readonly request: number; readonly answer: WorkerAnswer }
  | { readonly request: number; readonly failure: WorkerFailure };

/** An error as it can be sent. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly cause?: SentError | undefined;
}

/** What went wrong in a worker, and with which item if it is known. */
export interface WorkerFailure {
  readonly index: number | undefined;
  readonly error: SentError;
}
