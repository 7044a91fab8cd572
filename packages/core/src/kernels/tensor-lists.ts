import type { Tensor } from "@tensorflow/tfjs-core";

/** Lists of tensors as the inputs `p0, p1, …, g0, g1, …` of a kernel over lists; all lists have the same length. */
export function listInputs(lists: Readonly<Record<string, readonly Tensor[]>>): Record<string, Tensor> {
  const inputs: Record<string, Tensor> = {};
  for (const name in lists) {
    const list = lists[name] ?? [];
    for (let i = 0; i < list.length; i += 1) {
      const tensor = list[i];
      if (tensor !== undefined) inputs[inputName(name, i)] = tensor;
    }
  }
  return inputs;
}

/**
 * The tensors `name0 … name(count-1)` among a kernel's inputs, as `listInputs` named them. @throws RangeError when one
 * is missing
 */
export function listOf(inputs: Readonly<Record<string, Tensor>>, name: string, count: number): Tensor[] {
  return Array.from({ length: count }, (_, i) => {
    const tensor = inputs[inputName(name, i)];
    if (tensor === undefined) throw new RangeError(`the kernel's input ${name}${i} is missing`);
    return tensor;
  });
}

const names = new Map<string, string[]>();

/** `p0`, `p1`, …: built once, since every step asks for all of them. */
function inputName(name: string, index: number): string {
  let known = names.get(name);
  if (known === undefined) {
    known = [];
    names.set(name, known);
  }
  return (known[index] ??= `${name}${index}`);
}
