import type { Tensor } from "@tensorflow/tfjs-core";
import { readPlace } from "../tensor/engine-internals/shared-values.js";
import { withoutRecording } from "../tensor/engine-internals/tape.js";
import { listPrefix, meanOfLists } from "./mean-of-lists.js";
import { runFused } from "./run-fused.js";

/**
 * The means of lists, element by element, one for each shape: recorded, and computed where somebody reads them. The
 * memory that they read may change once a later `startInPlaces` has been waited for.
 * @param lists tensors, or the places where somebody else has put their numbers; in the order of adding
 */
export function meansOfPlaces(
  lists: readonly (readonly (Tensor | Float32Array)[])[],
  shapes: readonly (readonly number[])[],
): Tensor[] {
  const inputs: Record<string, Tensor> = {};
  const adopted: Tensor[] = [];
  for (const [number, list] of lists.entries())
    for (const [i, item] of list.entries()) {
      const tensor = item instanceof Float32Array ? readPlace(item, shapes[i] ?? []) : item;
      if (tensor !== item) adopted.push(tensor);
      inputs[`${listPrefix(number)}${i}`] = tensor;
    }
  const means = withoutRecording(() => runFused(meanOfLists, inputs, { lists: lists.length, count: shapes.length }));
  for (const tensor of adopted) tensor.dispose();
  return means;
}
