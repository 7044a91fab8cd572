/** What a module exports: a name in a file that a worker thread can import. */
export interface ModuleExport {
  /** The file's URL; `import.meta.url` in the file itself. */
  readonly module: string | URL;
  /** @default "default" */
  readonly name?: string | undefined;
}

/** How a worker thread makes a dataset that is equal to this one: it imports the class and calls its constructor. */
export interface WorkerSource extends ModuleExport {
  /**
   * The constructor's arguments, or those of a function that returns the dataset: plain data, typed arrays,
   * `TensorBuffer`s and other datasets. Each worker gets a copy. @default none
   */
  readonly args?: readonly unknown[] | undefined;
}

/** How a worker thread makes a dataset of this package. */
export interface BuiltInSource {
  readonly builtIn: string;
  readonly args: readonly unknown[];
}
