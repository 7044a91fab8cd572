import { parseArgs } from "node:util";

export interface TrainOptions {
  readonly epochs: number;
  readonly batchSize: number;
  readonly accelerator: string;
  /** Batches per epoch; undefined takes all of them. */
  readonly limitBatches: number | undefined;
}

/** Reads `--epochs`, `--batch-size`, `--accelerator` and `--short`, a run of a few seconds that only shows that all works. */
export function trainOptions(args: readonly string[]): TrainOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      epochs: { type: "string" },
      "batch-size": { type: "string", default: "64" },
      accelerator: { type: "string", default: "auto" },
      short: { type: "boolean", default: false },
    },
  });
  return {
    epochs: Number(values.epochs ?? (values.short ? 1 : 5)),
    batchSize: Number(values["batch-size"]),
    accelerator: values.accelerator,
    limitBatches: values.short ? 200 : undefined,
  };
}
