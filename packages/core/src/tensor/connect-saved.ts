import type { Tensor } from "@tensorflow/tfjs-core";
import { customGradEngine } from "./engine-internals/kernels.js";
import { isRecording, recordNode } from "./engine-internals/tape.js";

/**
 * Lets gradients of `tf.customGrad`, the application's own and those inside tfjs' operations, be differentiated again.
 * tfjs hands a gradient clones of what was saved, which the tape does not know: a second derivative through them would
 * silently be 0. Where the backward is recorded, a saved input or result is put on the tape as equal to the original.
 * What else a function saves, such as an intermediate, stays a constant, as in PyTorch.
 */
export function connectSavedTensors(): void {
  const current = customGradEngine();
  const customGrad = current.customGrad.bind(current);
  current.customGrad =
    (f) =>
    (...inputs) => {
      const sources: (Tensor | undefined)[] = [];
      const toResult: number[] = [];
      const apply = customGrad((...args) => {
        const given: unknown[] = [...args];
        const save = given.pop();
        let passed: readonly Tensor[] = [];
        const noted = (tensors: Tensor[]): void => {
          passed = tensors;
          if (typeof save === "function") save(tensors);
        };
        const { value, gradFunc } = f(...given, noted);
        passed.forEach((tensor, i) => {
          if (inputs.includes(tensor)) sources[i] = tensor;
          else if (tensor === value) toResult.push(i);
        });
        return {
          value,
          gradFunc: (dy, saved) => {
            if (isRecording()) saved.forEach((tensor, i) => putEqual(tensor, sources[i]));
            return gradFunc(dy, saved);
          },
        };
      });
      const result = apply(...inputs);
      for (const i of toResult) sources[i] = result;
      return result;
    };
}

/** Puts on the tape that `copy` has come from `original`; gradients go through unchanged. */
function putEqual(copy: Tensor, original: Tensor | undefined): void {
  if (original === undefined) return;
  recordNode({
    kernelName: "Identity",
    inputs: { x: original },
    outputs: [copy],
    gradient: ([dy]) => ({ x: dy === undefined || dy === null ? undefined : () => dy.clone() }),
  });
}
