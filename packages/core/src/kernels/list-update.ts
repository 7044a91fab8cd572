import type { Tensor } from "@tensorflow/tfjs-core";
import type { FusedAttributes, FusedInputs, FusedKernel, KernelName } from "./fused-kernel.js";
import { listOf } from "./tensor-lists.js";

/** Kernels that take lists of tensors, `count` of each. */
type ListKernelName = {
  [TName in KernelName]: FusedAttributes<TName> extends { readonly count: number } ? TName : never;
}[KernelName];

/** What an update gets of one parameter: one tensor of every list, by the list's prefix. */
export type ListMember = (prefix: string) => Tensor;

/** An optimizer's step over lists of parameters, as a composite that updates one parameter after the other. */
export function listUpdate<TName extends ListKernelName>(
  name: TName,
  lists: (attrs: FusedAttributes<TName>) => readonly string[],
  update: (member: ListMember, attrs: FusedAttributes<TName>) => readonly Tensor[],
): FusedKernel<TName> {
  return {
    name,
    composite: (inputs: FusedInputs<TName>, attrs) => {
      const given = new Map(
        lists(attrs).map((prefix) => [prefix, listOf({ ...inputs }, prefix, attrs.count)] as const),
      );
      const updates = Array.from({ length: attrs.count }, (_, i) =>
        update((prefix) => memberOf(given, prefix, i), attrs),
      );
      const kinds = updates[0]?.length ?? 0;
      return Array.from({ length: kinds }, (_, kind) => updates.flatMap((update) => update[kind] ?? [])).flat();
    },
  };
}

function memberOf(lists: ReadonlyMap<string, readonly Tensor[]>, prefix: string, index: number): Tensor {
  const tensor = lists.get(prefix)?.[index];
  if (tensor === undefined) throw new RangeError(`an update has no list ${prefix}`);
  return tensor;
}
