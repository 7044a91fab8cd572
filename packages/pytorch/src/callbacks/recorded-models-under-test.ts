import { type nn, TensorDataset, tf } from "@lightning-ts/core";
import { Tensor } from "@tensorflow/tfjs-core";

/** Values by the names of a state dict. */
export type RecordedState = Readonly<Record<string, { readonly values: readonly number[] } | undefined>>;

/** Twelve rows of three numbers, with one number for each: the data of recorded runs. */
export function recordedRows(x: readonly number[], y: readonly number[]) {
  const buffer = (columns: number, values: readonly number[]) =>
    tf.buffer<tf.Rank.R2>([12, columns], "float32", Float32Array.from(values));
  return new TensorDataset(buffer(3, x), buffer(1, y));
}

/** Gives a model the weights and statistics with which a recorded run began. */
export function takeRecorded(model: nn.Module, start: RecordedState): void {
  const entries = [...model.stateDict()].map(([name, { shape, dtype }]) => {
    const values = start[name]?.values ?? [];
    const held = dtype === "int32" ? Int32Array.from(values) : Float32Array.from(values);
    return [name, tf.buffer(shape, dtype === "int32" ? "int32" : "float32", held)] as const;
  });
  model.loadStateDict(new Map(entries));
}

/** The tensors of a state dict, or of a checkpoint's entry, as recordings hold them. */
export function valuesOf(state: unknown): RecordedState {
  const entries = state instanceof Map ? [...state] : Object.entries(state ?? {});
  return Object.fromEntries(
    entries.flatMap(([name, tensor]: [string, unknown]) =>
      tensor instanceof Tensor ? [[name, { values: [...tensor.dataSync()] }]] : [],
    ),
  );
}
