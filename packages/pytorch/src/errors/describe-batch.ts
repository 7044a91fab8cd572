import { Tensor, TensorBuffer } from "@tensorflow/tfjs-core";

/** The form of a batch: dtypes and shapes in place of the tensors. */
export function describeBatch(batch: unknown): string {
  if (batch instanceof Tensor || batch instanceof TensorBuffer) return `${batch.dtype} [${batch.shape.join(", ")}]`;
  if (Array.isArray(batch))
    return `[${batch.slice(0, 8).map(describeBatch).join(", ")}${batch.length > 8 ? ", …" : ""}]`;
  if (ArrayBuffer.isView(batch)) return batch.constructor.name;
  if (typeof batch !== "object" || batch === null) return typeof batch;
  const parts = Object.entries(batch).slice(0, 8);
  return `{ ${parts.map(([name, value]) => `${name}: ${describeBatch(value)}`).join(", ")} }`;
}
