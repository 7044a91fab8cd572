import type { Tensor } from "@tensorflow/tfjs-core";
import { isRecording, readRecording, recordSeparately, type Tape } from "../tensor/engine-internals/tape.js";
import { freeTape } from "../tensor/free-tape.js";
import { tf } from "../tensor/tf.js";
import { walkBackward } from "./backward-walk.js";

/**
 * Gradients of a kernel by computing it once more from plain operations and differentiating those.
 * While recording is on, all of it is recorded, so that the gradients have gradients.
 */
export function compositeGradients(
  forward: () => Tensor[],
  inputs: Readonly<Record<string, Tensor | undefined>>,
  dys: readonly (Tensor | null)[],
): Record<string, () => Tensor> {
  const { tape, outputs, isSeparate } = record(forward);
  const ids = new Set(Object.values(inputs).flatMap((input) => (input === undefined ? [] : [input.id])));
  const { leaves } = walkBackward({
    tape,
    outputs: outputs.flatMap((tensor, i) => {
      const gradient = dys[i];
      return gradient === null || gradient === undefined ? [] : [{ tensor, gradient }];
    }),
    isLeaf: (tensor) => ids.has(tensor.id),
    scope: undefined,
  });
  if (isSeparate) freeTape(tape);
  const byId = new Map([...leaves].map(([leaf, gradient]) => [leaf.id, gradient]));
  return Object.fromEntries(
    Object.entries(inputs).flatMap(([name, input]) => {
      if (input === undefined) return [];
      const gradient = byId.get(input.id);
      byId.delete(input.id); // a tensor that is several inputs at once gets its whole gradient through the first
      return [[name, (): Tensor => gradient ?? tf.zeros(input.shape)]];
    }),
  );
}

function record(forward: () => Tensor[]): { tape: Tape; outputs: Tensor[]; isSeparate: boolean } {
  if (!isRecording()) return { ...recordSeparately(forward), isSeparate: true };
  const start = readRecording().tape?.length ?? 0;
  const outputs = forward();
  return { tape: readRecording().tape?.slice(start) ?? [], outputs, isSeparate: false };
}
