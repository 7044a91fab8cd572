import type { LazyNode } from "./lazy-node.js";

/** Nodes could not be made into a graph, or there was no room for their results. */
export class StartFailure extends Error {
  constructor(
    readonly nodes: readonly LazyNode[],
    /** The position of the node that was refused, where that is known. */
    readonly position: number | undefined,
    override readonly cause: unknown,
  ) {
    super("a graph could not be started");
  }
}
