import { Tensor, TensorBuffer } from "@tensorflow/tfjs-core";

/** A state dict with zeros in place of masks: `weight` for each pair of `weight_orig` and `weight_mask`. */
export function permanentState(state: unknown): unknown {
  const entries: readonly (readonly [unknown, unknown])[] =
    state instanceof Map ? [...state] : Object.entries(state ?? {});
  const tensors = new Map(entries.map(([name, tensor]) => [String(name), tensor]));
  for (const maskName of [...tensors.keys()].filter((name) => name.endsWith("_mask"))) {
    const name = maskName.slice(0, -"_mask".length);
    const [original, mask] = [tensors.get(`${name}_orig`), tensors.get(maskName)];
    if (!(original instanceof Tensor) || !(mask instanceof Tensor)) continue;
    const masks = mask.dataSync();
    const values = Float32Array.from(original.dataSync(), (value, i) => value * (masks[i] ?? 1));
    tensors.delete(maskName);
    tensors.delete(`${name}_orig`);
    tensors.set(name, new TensorBuffer(original.shape, "float32", values));
  }
  return Object.fromEntries(tensors);
}
