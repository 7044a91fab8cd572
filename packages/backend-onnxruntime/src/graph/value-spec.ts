import type { DataType } from "@tensorflow/tfjs-core";
import type { GraphDtype } from "../contract/graph-dtype.js";
import { InternBranch } from "./interner.js";

const roots: Record<string, InternBranch> = Object.create(null);

/** An integer that stands for this dtype and shape: equal pairs give equal integers. */
export function specId(dtype: DataType | GraphDtype, shape: readonly number[]): number {
  let branch = (roots[dtype] ??= new InternBranch());
  for (let i = 0; i < shape.length; i++) branch = branch.step(shape[i] ?? 0);
  return branch.toId();
}

/** Whether two shapes are equal. */
export function isSameShape(a: readonly number[], b: readonly number[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Number of elements; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  let size = 1;
  for (const extent of shape) size *= extent;
  return size;
}

/** The graph's element type for a tfjs dtype, `undefined` for those that never enter a graph. */
export function graphDtypeOf(dtype: DataType): "float32" | "int32" | "bool" | undefined {
  return dtype === "float32" || dtype === "int32" || dtype === "bool" ? dtype : undefined;
}

/** `float32[2,3]`, as messages show a value. */
export function describeSpec(dtype: string, shape: readonly number[]): string {
  return `${dtype}[${shape.join(",")}]`;
}
