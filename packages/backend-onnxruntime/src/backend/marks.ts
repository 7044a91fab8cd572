import type { LazyData } from "./lazy-data.js";
import type { LazyNode } from "./lazy-node.js";

/** What is known of the nodes of a flush beside themselves. */
export interface Marks {
  /** Nodes with which the steps of a loop begin. */
  readonly stepStarts: ReadonlySet<LazyNode>;
  /** Results of which the first group is to be there before the others are, and so on. */
  readonly groups: readonly (readonly LazyData[])[];
}

export const NO_MARKS: Marks = { stepStarts: new Set(), groups: [] };
