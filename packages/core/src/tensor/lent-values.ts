import type { Tensor } from "@tensorflow/tfjs-core";
import { lenderOf, reserveTensor, type Loan, type TensorDraft } from "./engine-internals/shared-values.js";
import { tf } from "./tf.js";

export type { Loan, TensorDraft };

/**
 * Starts to compute tensors, group by group: who borrows or reads the first group does not wait for what only the
 * others need. The numbers are the same as without it. On a backend that computes at once nothing is left to do.
 */
export function startInOrder(groups: readonly (readonly Tensor[])[]): void {
  const first = groups.flat()[0];
  if (first === undefined) return;
  lenderOf(first)?.startInOrder(groups.map((tensors) => tensors.map(({ dataId }) => dataId)));
}

/** A tensor's numbers where they lie, or a copy where the backend cannot show them. */
export async function lendValues(tensor: Tensor): Promise<Loan> {
  return (await lenderOf(tensor)?.lend(tensor.dataId)) ?? copied(await tensor.data());
}

/** `lendValues` for callers that cannot wait: blocks until the numbers are computed. */
export function lendValuesNow(tensor: Tensor): Loan {
  return lenderOf(tensor)?.lendSync(tensor.dataId) ?? copied(tensor.dataSync());
}

/** A tensor whose numbers are written by the caller: in its own memory, where the backend lets the host see that. */
export function draftTensor(shape: readonly number[]): TensorDraft {
  const reserved = reserveTensor(shape);
  if (reserved !== undefined) return reserved;
  const values = new Float32Array(shape.reduce((product, extent) => product * extent, 1));
  return { values, finish: () => tf.tensor(values, [...shape], "float32"), drop: () => undefined };
}

function copied(values: Loan["values"]): Loan {
  return { values, giveBack: () => undefined };
}
