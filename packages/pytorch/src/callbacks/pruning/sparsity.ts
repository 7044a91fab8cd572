import type { ModelPruningOptions, PrunedField } from "./pruning-options.js";
import { hostOf, maskOf, originalOf } from "./pruned-fields.js";

/** How many values a parameter has, and how many of them are pruned. */
export interface Sparsity {
  readonly zeros: number;
  readonly total: number;
}

export function sparsityOf(field: PrunedField): Sparsity {
  const total = originalOf(field)?.size ?? 0;
  if (maskOf(field) === undefined) return { zeros: 0, total };
  return { zeros: hostOf(field).mask.filter((kept) => kept === 0).length, total };
}

type Described = Pick<ModelPruningOptions, "pruningFn" | "useGlobalUnstructured"> & {
  readonly amount: number;
  readonly verbose: 0 | 1 | 2;
};

/** Lines as Lightning writes them: all parameters together, and with `verbose: 2` each. */
export function describeSparsity(
  fields: readonly PrunedField[],
  before: readonly Sparsity[],
  { pruningFn, useGlobalUnstructured = true, amount, verbose }: Described,
): string[] {
  const after = fields.map(sparsityOf);
  const sum = (parts: readonly Sparsity[], which: keyof Sparsity): number =>
    parts.reduce((total, part) => total + part[which], 0);
  const name = nameOf(pruningFn, useGlobalUnstructured);
  const total = sum(after, "total");
  const share = (zeros: number): string => `${zeros}/${total} (${percent(zeros, total)})`;
  const all = `Applied \`${name}\`. Pruned: ${share(sum(before, "zeros"))} -> ${share(sum(after, "zeros"))}`;
  if (verbose < 2) return [all];
  const each = fields.map(([layer, field], i) => {
    const [was, is] = [before[i], after[i]].map((one) => {
      const { zeros, total: size } = one ?? { zeros: 0, total: 0 };
      return `${zeros} (${percent(zeros, size)})`;
    });
    return `Applied \`${name}\` to \`${String(layer)}.${field}\` with amount=${amount}. Pruned: ${was} -> ${is}`;
  });
  return [all, ...each];
}

/** The name of PyTorch's class where all are pruned together, and of its function where each is. */
function nameOf(pruningFn: ModelPruningOptions["pruningFn"], together: boolean): string {
  if (typeof pruningFn === "function") return pruningFn.name === "" ? "pruningFn" : pruningFn.name;
  if (!together) return pruningFn;
  return pruningFn === "l1_unstructured" ? "L1Unstructured" : "RandomUnstructured";
}

function percent(part: number, whole: number): string {
  return `${(whole === 0 ? 0 : (100 * part) / whole).toFixed(2)}%`;
}
