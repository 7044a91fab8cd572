import type { Tensor } from "@tensorflow/tfjs-core";

const knownNames = new Map<string, string[]>();

/** The name of entry `index` of a list input: `p0`, `p1`, …. */
function nameOf(prefix: string, index: number): string {
  let names = knownNames.get(prefix);
  if (names === undefined) knownNames.set(prefix, (names = []));
  return (names[index] ??= `${prefix}${index}`);
}

/** The inputs of a kernel over lists: `{ p: [a, b], g: [c, d] }` -> `{ p0: a, p1: b, g0: c, g1: d }`. */
export function listInputs(lists: Readonly<Record<string, readonly Tensor[]>>): Record<string, Tensor> {
  const inputs: Record<string, Tensor> = {};
  for (const [prefix, tensors] of Object.entries(lists)) {
    tensors.forEach((tensor, index) => {
      inputs[nameOf(prefix, index)] = tensor;
    });
  }
  return inputs;
}

/** Entry `index` of a list input. @throws RangeError when it is not there */
export function listInput(inputs: Readonly<Record<string, Tensor>>, prefix: string, index: number): Tensor {
  const tensor = inputs[nameOf(prefix, index)];
  if (tensor === undefined) throw new RangeError(`input ${nameOf(prefix, index)} is missing`);
  return tensor;
}

/** Takes a kernel's outputs apart into lists of `count`. */
export function splitOutputs(outputs: readonly Tensor[], count: number): Tensor[][] {
  return Array.from({ length: outputs.length / count }, (_, list) => outputs.slice(list * count, (list + 1) * count));
}
