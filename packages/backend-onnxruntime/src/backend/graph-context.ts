import type { LazyNode } from "./lazy-node.js";

/** What matters about a graph beside its own nodes. */
export interface GraphContext {
  readonly stepStarts: ReadonlySet<LazyNode>;
  /** Whose work decides about the threads. */
  readonly together: readonly LazyNode[];
  /** It is one of the parts of a larger graph. */
  readonly isPart?: boolean;
}
