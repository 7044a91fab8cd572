import type { Tensor } from "@tensorflow/tfjs-core";
import type { LightningOptimizer } from "./lightning-optimizer.js";
import type { Stage } from "./stages.js";
import type { StepOutput } from "./step-output.js";

type BatchStart = [batch: unknown, batchIdx: number, dataloaderIdx: number];
type BatchEnd = [outputs: unknown, batch: unknown, batchIdx: number, dataloaderIdx: number];

/**
 * A checkpoint on its way to or from the file: plain values and tensors under Lightning's keys. Hooks may add entries.
 */
export type Checkpoint = Record<string, unknown>;

/** The hooks that callbacks, and most of them the module too, can define, with what each is called with. */
export interface HookArguments {
  setup: [stage: Stage];
  teardown: [stage: Stage, error: unknown];
  onFitStart: [];
  onFitEnd: [];
  onSanityCheckStart: [];
  onSanityCheckEnd: [];
  onTrainStart: [];
  onTrainEnd: [];
  onTrainEpochStart: [];
  onTrainEpochEnd: [];
  onTrainBatchStart: [batch: unknown, batchIdx: number];
  onTrainBatchEnd: [outputs: StepOutput, batch: unknown, batchIdx: number];
  onBeforeZeroGrad: [optimizer: LightningOptimizer];
  onBeforeBackward: [loss: Tensor];
  onAfterBackward: [];
  onBeforeOptimizerStep: [optimizer: LightningOptimizer];
  onValidationStart: [];
  onValidationEnd: [];
  onValidationEpochStart: [];
  onValidationEpochEnd: [];
  onValidationBatchStart: BatchStart;
  onValidationBatchEnd: BatchEnd;
  onTestStart: [];
  onTestEnd: [];
  onTestEpochStart: [];
  onTestEpochEnd: [];
  onTestBatchStart: BatchStart;
  onTestBatchEnd: BatchEnd;
  onPredictStart: [];
  onPredictEnd: [];
  onPredictEpochStart: [];
  onPredictEpochEnd: [];
  onPredictBatchStart: BatchStart;
  onPredictBatchEnd: BatchEnd;
  onSaveCheckpoint: [checkpoint: Checkpoint];
  onLoadCheckpoint: [checkpoint: Checkpoint];
  onException: [error: unknown];
}

export type HookName = keyof HookArguments;
