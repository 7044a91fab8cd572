import type { Tensor } from "@tensorflow/tfjs-core";

/** What `trainingStep` may return: the loss (a scalar), an object with `loss`, or nothing to skip the batch. */
export type TrainingStepResult =
  | Tensor
  | { readonly loss: Tensor; readonly [name: string]: unknown }
  | undefined
  | void;

/**
 * What `onTrainBatchEnd` is given: the loss, detached and divided by `accumulateGradBatches`, and whatever else the
 * step returned. Empty when it returned nothing.
 */
export interface StepOutput {
  readonly loss?: Tensor;
  readonly [name: string]: unknown;
}

/** The output of a step that returned nothing. */
export const NO_OUTPUT: StepOutput = Object.freeze({});
