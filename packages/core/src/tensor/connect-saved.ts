import type { Tensor } from "@tensorflow/tfjs-core";
import { customGradEngine, type CustomGradFunction } from "./engine-internals/kernels.js";
import { innermostScopeName } from "./engine-internals/scope-stack.js";
import { isRecording, recordNode } from "./engine-internals/tape.js";

/** Their results, which they save, only say where an activation of slope 0 or 1 lets gradients through. */
const FUSED_OPERATIONS = new Set(["fusedMatMul__op", "fusedConv2d__op", "fusedDepthwiseConv2d__op"]);

/**
 * Lets gradients of `tf.customGrad`, the application's own and those inside tfjs' operations, be differentiated again.
 * tfjs hands a gradient clones of what was saved, which the tape does not know: a second derivative through them would
 * silently be 0. Where the backward is recorded, whatever was saved is put on the tape: an input or a result as equal
 * to the original, anything else, such as an intermediate, as equal to what the function computes once more.
 */
export function connectSavedTensors(): void {
  const current = customGradEngine();
  const customGrad = current.customGrad.bind(current);
  current.customGrad =
    (f) =>
    (...inputs) => {
      const sources: (Tensor | undefined)[] = [];
      const toResult: number[] = [];
      let count = 0;
      const isFused = FUSED_OPERATIONS.has(innermostScopeName());
      const apply = customGrad((...args) => {
        const given: unknown[] = [...args];
        const save = given.pop();
        let passed: readonly Tensor[] = [];
        const noted = (tensors: Tensor[]): void => {
          passed = tensors;
          count = tensors.length;
          // What is no input may have to be computed again, and the inputs may be disposed by then.
          const held = isFused || tensors.every((tensor) => inputs.includes(tensor)) ? [] : inputs;
          if (typeof save === "function") save([...tensors, ...held]);
        };
        const { value, gradFunc } = f(...given, noted);
        passed.forEach((tensor, i) => {
          if (inputs.includes(tensor)) sources[i] = tensor;
          else if (tensor === value) toResult.push(i);
        });
        return {
          value,
          gradFunc: (dy, saved) => {
            const own = saved.slice(0, count);
            if (isRecording()) connect(own, sources, () => (isFused ? [] : savedAgain(f, inputs, saved.slice(count))));
            return gradFunc(dy, own);
          },
        };
      });
      const result = apply(...inputs);
      for (const i of toResult) sources[i] = result;
      return result;
    };
}

/** @param compute gives what was saved once more, on the tape */
function connect(
  saved: readonly Tensor[],
  sources: readonly (Tensor | undefined)[],
  compute: () => readonly Tensor[],
): void {
  const isComplete = saved.every((_, i) => sources[i] !== undefined);
  const again = isComplete ? [] : compute();
  saved.forEach((tensor, i) => putEqual(tensor, sources[i] ?? again[i]));
}

/** What the function saves when it runs on the tape, which it did not the first time, on copies of its inputs. */
function savedAgain(f: CustomGradFunction, inputs: readonly Tensor[], copies: readonly Tensor[]): readonly Tensor[] {
  copies.forEach((copy, i) => putEqual(copy, inputs[i]));
  let passed: readonly Tensor[] = [];
  f(...copies, (tensors: readonly Tensor[]) => {
    passed = tensors;
  });
  return passed;
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
