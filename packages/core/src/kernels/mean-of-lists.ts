import { tf } from "../tensor/tf.js";
import type { FusedKernel } from "./fused-kernel.js";
import { listOf } from "./tensor-lists.js";

/** The names of list number `list` among the kernel's inputs begin with this. */
export function listPrefix(list: number): string {
  return `x${list}_`;
}

/** The means of tensors that stand at the same place of several lists. */
export const meanOfLists: FusedKernel<"lit.MeanOfLists"> = {
  name: "lit.MeanOfLists",
  composite: (inputs, { lists, count }) => {
    const tensors = Array.from({ length: lists }, (_, list) => listOf(inputs, listPrefix(list), count));
    const [first = [], ...others] = tensors;
    return first.map((start, i) => {
      const sum = others.reduce((partial, list) => tf.add(partial, list[i] ?? start), start);
      return tf.mul(sum, 1 / lists);
    });
  },
};
