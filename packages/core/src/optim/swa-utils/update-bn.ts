import { refuseMore } from "../../errors/refuse-more.js";
import { Tensor, TensorBuffer } from "@tensorflow/tfjs-core";
import { toDevice } from "../../data/to-device.js";
import { describeValue } from "../../errors/describe-value.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { BatchNorm } from "../../nn/layers/batch-norm.js";
import type { Module } from "../../nn/module.js";
import { noGrad } from "../../tensor/recording.js";
import { tensorScope } from "../../tensor/tensor-scope.js";
import { AveragedModel } from "./averaged-model.js";

interface Runnable<TResult> extends Module {
  forward(input: Tensor): TResult;
}

/**
 * Computes the running statistics of all batch norms anew, as the mean over the batches of a loader: those of averaged
 * weights are those of no model that was trained. Does nothing for a model without batch norms. Of a batch that is a
 * list the first entry is the input.
 */
export async function updateBn<TResult>(
  loader: Iterable<unknown> | AsyncIterable<unknown>,
  model: Runnable<TResult>,
  ...more: readonly never[]
): Promise<void> {
  refuseMore("updateBn", more);
  const source: Module = model instanceof AveragedModel ? model.source : model;
  const norms = source.modules().filter((module) => module instanceof BatchNorm);
  if (norms.length === 0) return;
  const reset = (): void => norms.forEach((norm) => norm.resetRunningStats());
  if (model instanceof AveragedModel) model.inPlace(reset);
  else reset();
  const momenta = norms.map((norm) => norm.momentum);
  const modes = model.modules().map((module) => [module, module.training] as const);
  model.train();
  for (const norm of norms) norm.momentum = "cumulative";
  try {
    for await (const batch of loader) {
      const scope = tensorScope({ tape: false, name: "updateBn" });
      try {
        noGrad(() => model.forward(inputOf(batch)));
      } finally {
        scope.close();
      }
    }
  } finally {
    norms.forEach((norm, i) => (norm.momentum = momenta[i] ?? norm.momentum));
    for (const [module, mode] of modes) module.training = mode;
  }
}

function inputOf(batch: unknown): Tensor {
  const input: unknown = Array.isArray(batch) ? batch[0] : batch;
  if (input instanceof Tensor) return input;
  if (input instanceof TensorBuffer) return toDevice(input);
  throw new MisconfigurationError({
    message: "updateBn cannot give this batch to the model.",
    expected: "a tensor, or a list that begins with one",
    received: describeValue(batch),
  });
}
