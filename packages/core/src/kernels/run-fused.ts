import type { Tensor } from "@tensorflow/tfjs-core";
import { compositeGradients } from "../autograd/composite-gradients.js";
import { findKernel, runKernelUnrecorded } from "../tensor/engine-internals/kernels.js";
import { holdNamed, holdTensor } from "../tensor/engine-internals/held-tensors.js";
import { isRecording, recordNode, withoutRecording } from "../tensor/engine-internals/tape.js";
import { tf } from "../tensor/tf.js";
import {
  firstOf,
  type FusedAttributes,
  type FusedGradient,
  type FusedInputs,
  type FusedKernel,
  type KernelName,
} from "./fused-kernel.js";

/**
 * Runs a fused kernel: the backend's own where it has one, the composite elsewhere. Recorded as one node for gradients.
 * @returns its outputs, in the contract's order
 */
export function runFused<TName extends KernelName>(
  kernel: FusedKernel<TName>,
  inputs: FusedInputs<TName>,
  attrs: FusedAttributes<TName>,
): Tensor[] {
  const hasKernel = findKernel(kernel.name) !== undefined;
  const { gradient } = kernel;
  if (gradient === undefined || !isRecording())
    return hasKernel ? runKernelUnrecorded(kernel.name, inputs, attrs) : runComposite(kernel, inputs, attrs);
  if (!hasKernel && !gradient.isDifferentiable) return kernel.composite(inputs, attrs);
  const outputs = hasKernel ? runKernelUnrecorded(kernel.name, inputs, attrs) : runComposite(kernel, inputs, attrs);
  record({ ...kernel, gradient }, inputs, attrs, outputs);
  return outputs;
}

/** `runFused` for kernels with one output. */
export function runFusedSingle<TName extends KernelName>(
  kernel: FusedKernel<TName>,
  inputs: FusedInputs<TName>,
  attrs: FusedAttributes<TName>,
): Tensor {
  return firstOf(runFused(kernel, inputs, attrs));
}

function runComposite<TName extends KernelName>(
  kernel: FusedKernel<TName>,
  inputs: FusedInputs<TName>,
  attrs: FusedAttributes<TName>,
): Tensor[] {
  return withoutRecording(() => tf.tidy(() => kernel.composite(inputs, attrs)));
}

function record<TName extends KernelName>(
  kernel: FusedKernel<TName> & { readonly gradient: FusedGradient<TName> },
  inputs: FusedInputs<TName>,
  attrs: FusedAttributes<TName>,
  outputs: Tensor[],
): void {
  const { gradient } = kernel;
  const saved: Tensor[] = [];
  const heldInputs = holdNamed(inputs, gradient.holds, saved);
  const heldOutputs = [...outputs];
  for (const index of gradient.holdsOutputs?.(attrs) ?? []) {
    const output = heldOutputs[index];
    if (output === undefined) continue;
    const handle = holdTensor(output);
    heldOutputs[index] = handle;
    saved.push(handle);
  }
  recordNode({
    kernelName: kernel.name,
    inputs,
    outputs,
    saved,
    savedInputs: gradient.holds,
    gradient: (dys) => {
      const taken = gradient.takes ?? 1;
      const dy = dys.slice(0, taken).find((gradientOfOutput) => gradientOfOutput !== null);
      const isPlain = dys.every((other, i) => i < taken || other === null);
      if (dy !== null && dy !== undefined && isPlain && (gradient.isDifferentiable || !isRecording()))
        return gradient.compute({ dy, dys, inputs: heldInputs, outputs: heldOutputs, attrs });
      return compositeGradients(() => kernel.composite(heldInputs, attrs), heldInputs, dys);
    },
  });
}
