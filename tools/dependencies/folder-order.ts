/** Files that name each other's types, and why that is better than not to. */
export interface TypeCircle {
  /** Files, or folders with a slash at their end, below `src`. */
  readonly among: readonly string[];
  readonly reason: string;
}

/** The layers of one package. */
export interface FolderOrder {
  /**
   * Folders of `src`, lowest first: files import from their own folder and from those before it, types included. A
   * folder within a folder may be a layer of its own. Files right in `src` stand above all.
   */
  readonly layers: readonly string[];
  /** Circles that files may form as types; by value there are none. */
  readonly typeCircles?: readonly TypeCircle[];
}

/** The packages' folders. docs/architecture.md says what each holds, in the same order. */
export const folderOrders: Readonly<Record<string, FolderOrder>> = {
  "@lightning-ts/backend-onnxruntime": {
    layers: [
      "contract",
      "errors",
      "onnx-model",
      "graph",
      "programs",
      "lowering",
      "session",
      "devices",
      "backend",
      "export",
      "kernels",
    ],
    typeCircles: [
      {
        among: ["backend/lazy-data.ts", "backend/lazy-node.ts"],
        reason: "One graph: a value knows the node that computes it, a node the values that it reads and computes.",
      },
    ],
  },
  "@lightning-ts/core": {
    layers: [
      ...[
        "errors",
        "ports",
        "tasks",
        "tree",
        "random",
        "data",
        "codecs",
        "tensor/engine-internals",
        "ops",
        "tensor",
        "backend",
      ],
      ...["autograd", "kernels", "nn", "charts", "metric", "optim", "distributions", "export"],
    ],
  },
  "@lightning-ts/metrics": {
    layers: [
      ...["base", "plot", "aggregation", "collection", "composition", "wrappers"],
      ...["classification", "segmentation", "regression", "text", "retrieval", "clustering", "audio", "image"],
    ],
  },
  "@lightning-ts/vision": { layers: ["transforms", "ops", "models", "state-dicts"] },
  "@lightning-ts/data": {
    layers: [
      "errors",
      "files",
      "compression",
      "table",
      "rows",
      "csv",
      "json-lines",
      "arrays",
      "parquet",
      "ipc",
      "arrow",
      "encoders",
      "images",
      "text",
    ],
  },
  "@lightning-ts/fabric": {
    layers: [
      ...["errors", "ports", "messages", "background", "accelerators", "environments", "collectives", "checkpoint"],
      ...["setups", "loggers", "precision", "strategies", "wrappers", "connect", "fabric", "node", "cli"],
    ],
  },
  "@lightning-ts/pytorch": {
    layers: [
      ...[
        "words",
        "errors",
        "door",
        "display",
        "profilers",
        "data",
        "results",
        "checkpoint",
        "contract",
        "callbacks",
        "options",
      ],
      ...[
        "run/hooks",
        "run/state",
        "run/batches",
        "run/session",
        "run/warnings",
        "run/optimization",
        "run/loops",
        "run/stages",
      ],
      "trainer",
      "tuner",
      "cli",
    ],
    typeCircles: [
      {
        among: ["contract/"],
        reason: "A module, a data module, a callback and the Trainer name each other, because Lightning's do.",
      },
    ],
  },
  "@lightning-ts/torch-files": { layers: ["errors", "values", "zip", "pickle", "files"] },
  "@lightning-ts/testing": { layers: ["fakes", "models", "golden", "conformance"] },
  "lightning-ts": { layers: [] },
};
