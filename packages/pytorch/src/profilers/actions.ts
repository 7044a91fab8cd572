/** Names of what a run does besides calling hooks. */
export const TRAINING_EPOCH = "runTrainingEpoch";
export const TRAINING_BATCH = "runTrainingBatch";
export const NEXT_TRAINING_BATCH = "[TrainingLoop].trainDataloaderNext";
export const NEXT_EVALUATION_BATCH = "[EvaluationLoop].valNext";
export const NEXT_PREDICTION_BATCH = "[PredictionLoop].predictNext";
export const BATCH_TO_DEVICE = "[Strategy].batchToDevice";
export const OPTIMIZER_STEP = "[Strategy].optimizerStep";
export const DEVICE = "[Backend].submit";
export const LOG_METRICS = "logMetrics";
export const VALIDATION = "runValidation";
export const SAVE_CHECKPOINT = "saveCheckpoint";
