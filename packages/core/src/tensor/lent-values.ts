import type { Tensor } from "@tensorflow/tfjs-core";
import { lenderOf, reserveTensor, type Loan, type TensorDraft } from "./engine-internals/shared-values.js";
import { tf } from "./tf.js";

export type { TensorDraft };

/**
 * Starts to compute tensors, group by group: who borrows or reads the first group does not wait for what only the
 * others need. The numbers are the same as without it. On a backend that computes at once nothing is left to do.
 */
export function startInOrder(groups: readonly (readonly Tensor[])[]): void {
  const first = groups.flat()[0];
  if (first === undefined) return;
  lenderOf(first)?.startInOrder(groups.map((tensors) => tensors.map(({ dataId }) => dataId)));
}

/** The numbers of a tensor as float32. They are not to be changed, and stay until they are given back. */
export interface FloatLoan extends Loan {
  readonly values: Float32Array;
}

/** A tensor's numbers where they lie; a copy where the backend cannot show them, or where they are not float32. */
export async function lendFloats(tensor: Tensor): Promise<FloatLoan> {
  const loan = await lenderOf(tensor)?.lend(tensor.dataId);
  return loan === undefined ? copied(await tensor.data()) : asFloats(loan);
}

/** `lendFloats` for callers that cannot wait: blocks until the numbers are computed. */
export function lendFloatsNow(tensor: Tensor): FloatLoan {
  const loan = lenderOf(tensor)?.lendSync(tensor.dataId);
  return loan === undefined ? copied(tensor.dataSync()) : asFloats(loan);
}

/** A tensor whose numbers are written by the caller: in its own memory, where the backend lets the host see that. */
export function draftTensor(shape: readonly number[]): TensorDraft {
  const reserved = reserveTensor(shape);
  if (reserved !== undefined) return reserved;
  const values = new Float32Array(shape.reduce((product, extent) => product * extent, 1));
  return { values, finish: () => tf.tensor(values, [...shape], "float32"), drop: () => undefined };
}

function asFloats(loan: Loan): FloatLoan {
  const { values } = loan;
  if (values instanceof Float32Array) return { values, giveBack: () => loan.giveBack() };
  const copy = copied(values);
  loan.giveBack();
  return copy;
}

function copied(values: Loan["values"]): FloatLoan {
  return { values: values instanceof Float32Array ? values : Float32Array.from(values), giveBack: () => undefined };
}
