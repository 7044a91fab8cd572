export * as functional from "./functional.js";

export { MeanSquaredError, type MeanSquaredErrorOptions } from "./regression/mean-squared-error.js";
export { BinaryAccuracy, MulticlassAccuracy, MultilabelAccuracy, Accuracy } from "./classification/accuracy.js";
export {
  BinaryFBetaScore,
  MulticlassFBetaScore,
  MultilabelFBetaScore,
  BinaryF1Score,
  MulticlassF1Score,
  MultilabelF1Score,
  FBetaScore,
  F1Score,
  type BinaryFBetaOptions,
  type MulticlassFBetaOptions,
  type MultilabelFBetaOptions,
} from "./classification/f-beta-score.js";
export {
  BinaryHammingDistance,
  MulticlassHammingDistance,
  MultilabelHammingDistance,
  HammingDistance,
} from "./classification/hamming-distance.js";
export {
  BinaryNegativePredictiveValue,
  MulticlassNegativePredictiveValue,
  MultilabelNegativePredictiveValue,
  NegativePredictiveValue,
} from "./classification/negative-predictive-value.js";
export type {
  Average,
  CommonOptions,
  CountOptions,
  ThresholdOption,
  AverageOption,
  ZeroDivisionOption,
  BinaryOptions,
  MulticlassOptions,
  MultilabelOptions,
} from "./classification/options.js";
export { BinaryPrecision, MulticlassPrecision, MultilabelPrecision, Precision } from "./classification/precision.js";
export { BinaryRecall, MulticlassRecall, MultilabelRecall, Recall } from "./classification/recall.js";
export {
  BinarySpecificity,
  MulticlassSpecificity,
  MultilabelSpecificity,
  Specificity,
} from "./classification/specificity.js";
export {
  BinaryStatScores,
  MulticlassStatScores,
  MultilabelStatScores,
  StatScores,
} from "./classification/stat-scores.js";
