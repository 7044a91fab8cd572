import { parseArgs } from "node:util";

export interface TrainOptions {
  readonly epochs: number;
  readonly batchSize: number;
  readonly accelerator: string;
  /** Batches per epoch; undefined takes all of them. */
  readonly limitBatches: number | undefined;
  /** The run fails with less, from 0 to 1. */
  readonly expectedAccuracy: number;
}

/** Reads `--epochs`, `--batch-size`, `--accelerator`, `--expect-accuracy` and `--short`, a run of a few seconds. */
export function trainOptions(args: readonly string[]): TrainOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      epochs: { type: "string" },
      "batch-size": { type: "string", default: "64" },
      accelerator: { type: "string", default: "auto" },
      "expect-accuracy": { type: "string", default: "0" },
      short: { type: "boolean", default: false },
    },
  });
  return {
    epochs: Number(values.epochs ?? (values.short ? 1 : 5)),
    batchSize: Number(values["batch-size"]),
    accelerator: values.accelerator,
    limitBatches: values.short ? 200 : undefined,
    expectedAccuracy: Number(values["expect-accuracy"]),
  };
}
