import { decodeSafetensors, encodeSafetensors, type HostTensor, nn, tf } from "@lightning-ts/core";
import type { Training } from "../workloads/workload.js";

const MODEL = "model.";

/** Weights and batch as a safetensors file: every peer starts from it. */
export function encodeStart({ model, inputs, targets }: Training): Uint8Array {
  const tensors = new Map<string, HostTensor>([
    ["inputs", inputs],
    ["targets", targets],
  ]);
  for (const [name, variable] of model.stateDict()) {
    const values =
      variable instanceof nn.Parameter || variable instanceof nn.Buffer ? variable.hostValues() : undefined;
    if (values === undefined) throw new Error(`${name} has left the host`);
    tensors.set(`${MODEL}${name}`, tf.buffer(variable.shape, variable.dtype, values));
  }
  return encodeSafetensors(tensors);
}

/** The model with the file's weights, and the file's batch. */
export function startFrom(file: Uint8Array, model: Training["model"]): Training {
  return trainingOf(decodeSafetensors(file).tensors, model);
}

/** @param tensors of a start file */
export function trainingOf(tensors: ReadonlyMap<string, HostTensor>, model: Training["model"]): Training {
  const [inputs, targets] = [tensors.get("inputs"), tensors.get("targets")];
  if (inputs === undefined || targets === undefined) throw new Error("the start file has no batch");
  const weights = [...tensors].filter(([name]) => name.startsWith(MODEL));
  model.loadStateDict(new Map(weights.map(([name, value]) => [name.slice(MODEL.length), value])));
  return { model, inputs, targets };
}
