/** What `functional` holds: torchmetrics' functional forms, in camelCase. */
export { meanSquaredError } from "./regression/mean-squared-error.js";
export { accuracy, binaryAccuracy, multiclassAccuracy, multilabelAccuracy } from "./classification/accuracy.js";
export {
  binaryF1Score,
  binaryFbetaScore,
  f1Score,
  fbetaScore,
  multiclassF1Score,
  multiclassFbetaScore,
  multilabelF1Score,
  multilabelFbetaScore,
} from "./classification/f-beta-score.js";
export {
  binaryHammingDistance,
  hammingDistance,
  multiclassHammingDistance,
  multilabelHammingDistance,
} from "./classification/hamming-distance.js";
export {
  binaryNegativePredictiveValue,
  multiclassNegativePredictiveValue,
  multilabelNegativePredictiveValue,
  negativePredictiveValue,
} from "./classification/negative-predictive-value.js";
export { binaryPrecision, multiclassPrecision, multilabelPrecision, precision } from "./classification/precision.js";
export { binaryRecall, multiclassRecall, multilabelRecall, recall } from "./classification/recall.js";
export {
  binarySpecificity,
  multiclassSpecificity,
  multilabelSpecificity,
  specificity,
} from "./classification/specificity.js";
export {
  binaryStatScores,
  multiclassStatScores,
  multilabelStatScores,
  statScores,
} from "./classification/stat-scores.js";
