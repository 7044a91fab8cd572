import type { GraphBuilder } from "../contract/graph-builder.js";
import type { LazyKernel, StructuralAttributes, StructuralValue } from "../contract/lazy-kernel.js";
import { InternBranch } from "./interner.js";

const LIST = Symbol("list");
const roots = new WeakMap<LazyKernel, InternBranch>();

/** An integer that stands for the kernel with these attributes and this computing type. */
export function internOperation(
  kernel: LazyKernel,
  attrs: StructuralAttributes,
  computeDtype: GraphBuilder["computeDtype"],
): number {
  let branch = roots.get(kernel);
  if (branch === undefined) {
    branch = new InternBranch();
    roots.set(kernel, branch);
  }
  branch = branch.step(computeDtype);
  for (const name in attrs) {
    const value = attrs[name];
    if (value !== undefined) branch = internValue(branch.step(name), value);
  }
  return branch.toId();
}

function internValue(branch: InternBranch, value: StructuralValue): InternBranch {
  if (typeof value !== "object" || value === null) return branch.step(value);
  let last = branch.step(LIST).step(value.length);
  for (const item of value) last = internValue(last, item);
  return last;
}
