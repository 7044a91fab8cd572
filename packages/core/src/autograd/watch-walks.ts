import type { TapeNode } from "../tensor/engine-internals/tape.js";

/** Is called around everything that a backward computes for one recorded operation; calls `propagate` at once. */
export type WalkWatch = (node: TapeNode, propagate: () => void) => void;

let current: WalkWatch | undefined;

/** Who watches the walks of backward, if anybody does. */
export function watchOfWalks(): WalkWatch | undefined {
  return current;
}

/** Watches the walks of backward. @returns what ends that */
export function watchWalks(watch: WalkWatch): () => void {
  const before = current;
  current = watch;
  return () => {
    current = before;
  };
}
