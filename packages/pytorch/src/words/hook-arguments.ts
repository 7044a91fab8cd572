import type { Tensor } from "@tensorflow/tfjs-core";
import type { CheckpointContent } from "./checkpoint-content.js";
import type { LightningOptimizer } from "./lightning-optimizer.js";
import type { Stage } from "./stages.js";
import type { StepOutput } from "./step-output.js";

type BatchStart = [batch: unknown, batchIdx: number, dataloaderIdx: number];
type BatchEnd = [outputs: unknown, batch: unknown, batchIdx: number, dataloaderIdx: number];

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
  onSaveCheckpoint: [checkpoint: CheckpointContent];
  onLoadCheckpoint: [checkpoint: CheckpointContent];
  onException: [error: unknown];
}

export type HookName = keyof HookArguments;
