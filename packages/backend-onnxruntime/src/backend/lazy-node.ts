import type { GraphBuilder } from "../contract/graph-builder.js";
import type { LazyKernel, StructuralAttributes } from "../contract/lazy-kernel.js";
import type { LazyData } from "./lazy-data.js";

/** One recorded call of a kernel. */
export interface LazyNode {
  /** Counts up with every recording: a node has a higher number than those that it reads. */
  readonly number: number;
  readonly kernel: LazyKernel;
  /** Stands for kernel, attributes and computing type; equal calls have equal ids. */
  readonly operationId: number;
  readonly attrs: StructuralAttributes;
  readonly computeDtype: GraphBuilder["computeDtype"];
  /** What runs it outside of graphs, where the runner can. */
  readonly program: ReturnType<NonNullable<LazyKernel["program"]>>;
  readonly scalars: readonly number[];
  /** A failure may put the last sound content in the place of one that will never come. */
  readonly inputs: LazyData[];
  /** The shapes under which the inputs are seen, where a reshape lies between: `undefined` if there is none at all. */
  readonly views: readonly (readonly number[] | undefined)[] | undefined;
  readonly outputs: readonly LazyData[];
  /** Outputs that somebody still needs and that have no buffer yet; the node is dropped when none is left. */
  waiting: number;
  /** Scratch of a flush: its number, and the node's position in it. */
  flush: number;
  position: number;
  /** Ran in a graph without all its live results being kept; the next run keeps them. */
  hasRun: boolean;
}
