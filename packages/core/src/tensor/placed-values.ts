import type { Tensor } from "@tensorflow/tfjs-core";
import { currentPlaces, lenderOf, requirePlaces } from "./engine-internals/shared-values.js";

/** What was started in memory of the caller's. */
export interface StartedInPlaces {
  /** Resolves when all that was started so far has ended, with the event loop free. */
  wait(): Promise<void>;
  /** Blocks until then. */
  join(): void;
}

/** Whether the current backend can compute in memory of the caller's. */
export function canPlaceResults(): boolean {
  return currentPlaces() !== undefined;
}

/**
 * Starts to compute float32 tensors in memory of the caller's, where others can read them. Whatever reads such memory
 * already is computed too, and what was computed into one of the places and is still needed moves elsewhere. A tensor
 * that was computed before stays where it is (`liesIn` tells).
 * @param places one for each tensor, as long as that, beginning at multiples of 64 bytes: the same array object for the
 * same place; further ones only have to be left by what lives in them
 * @throws RangeError where the backend cannot (`canPlaceResults`)
 */
export function startInPlaces(tensors: readonly Tensor[], places: readonly Float32Array[]): StartedInPlaces {
  const placed = requirePlaces();
  placed.start(
    tensors.map(({ dataId }) => dataId),
    places,
  );
  return { wait: () => placed.wait(), join: () => placed.join() };
}

/** Whether a tensor's numbers lie in a place that `startInPlaces` was given. */
export function liesIn(tensor: Tensor, place: Float32Array): boolean {
  return lenderOf(tensor)?.places?.has(tensor.dataId, place) === true;
}
