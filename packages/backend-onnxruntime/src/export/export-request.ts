import type { TensorInfo } from "@tensorflow/tfjs-core";

/** An input of an exported model. */
export interface ExportInput {
  readonly name: string;
  /** With a dynamic batch, the first dimension is replaced. */
  readonly shape: readonly number[];
  readonly dtype: "float32" | "int32" | "bool";
}

export interface ExportRequest {
  readonly inputs: readonly ExportInput[];
  /** Records the model's computation. @returns its outputs, as many for any size */
  readonly forward: (inputs: readonly TensorInfo[]) => readonly TensorInfo[];
  /** As many as outputs, or fewer: the others are numbered. */
  readonly outputNames: readonly string[];
  /** Parameters and buffers by name. */
  readonly weights: ReadonlyMap<string, TensorInfo>;
  /** Whether the first dimension of the inputs may have any size. */
  readonly isBatchDynamic: boolean;
}
