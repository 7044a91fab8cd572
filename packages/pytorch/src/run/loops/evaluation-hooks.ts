/** The names of what an evaluation calls. */
export const EVALUATIONS = {
  validation: {
    start: "onValidationStart",
    end: "onValidationEnd",
    epochStart: "onValidationEpochStart",
    epochEnd: "onValidationEpochEnd",
    batchStart: "onValidationBatchStart",
    batchEnd: "onValidationBatchEnd",
    step: "validationStep",
    modelEval: "onValidationModelEval",
    modelTrain: "onValidationModelTrain",
  },
  test: {
    start: "onTestStart",
    end: "onTestEnd",
    epochStart: "onTestEpochStart",
    epochEnd: "onTestEpochEnd",
    batchStart: "onTestBatchStart",
    batchEnd: "onTestBatchEnd",
    step: "testStep",
    modelEval: "onTestModelEval",
    modelTrain: "onTestModelTrain",
  },
} as const;

export type EvaluationHooks = (typeof EVALUATIONS)[keyof typeof EVALUATIONS];
