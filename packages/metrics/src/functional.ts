/** What `functional` holds: torchmetrics' functional forms, in camelCase. */
export { meanSquaredError } from "./regression/mean-squared-error.js";
export { concordanceCorrcoef } from "./regression/concordance-corr-coef.js";
export { cosineSimilarity } from "./regression/cosine-similarity.js";
export { criticalSuccessIndex } from "./regression/critical-success-index.js";
export { explainedVariance } from "./regression/explained-variance.js";
export { jensenShannonDivergence } from "./regression/jensen-shannon-divergence.js";
export { kendallRankCorrcoef } from "./regression/kendall-rank-corr-coef.js";
export { klDivergence } from "./regression/kl-divergence.js";
export { logCoshError } from "./regression/log-cosh-error.js";
export { meanAbsoluteError } from "./regression/mean-absolute-error.js";
export { meanAbsolutePercentageError } from "./regression/mean-absolute-percentage-error.js";
export { meanSquaredLogError } from "./regression/mean-squared-log-error.js";
export { minkowskiDistance } from "./regression/minkowski-distance.js";
export { normalizedRootMeanSquaredError } from "./regression/normalized-root-mean-squared-error.js";
export { pearsonCorrcoef } from "./regression/pearson-corr-coef.js";
export { r2Score } from "./regression/r2-score.js";
export { relativeSquaredError } from "./regression/relative-squared-error.js";
export { spearmanCorrcoef } from "./regression/spearman-corr-coef.js";
export { symmetricMeanAbsolutePercentageError } from "./regression/symmetric-mean-absolute-percentage-error.js";
export { tweedieDevianceScore } from "./regression/tweedie-deviance-score.js";
export { weightedMeanAbsolutePercentageError } from "./regression/weighted-mean-absolute-percentage-error.js";
export { bleuScore } from "./text/bleu-score.js";
export { charErrorRate } from "./text/char-error-rate.js";
export { chrfScore } from "./text/chrf-score.js";
export { editDistance } from "./text/edit-distance.js";
export { matchErrorRate } from "./text/match-error-rate.js";
export { perplexity } from "./text/perplexity.js";
export { rougeScore } from "./text/rouge-score.js";
export { sacreBleuScore } from "./text/sacre-bleu-score.js";
export { wordErrorRate } from "./text/word-error-rate.js";
export { wordInformationLost } from "./text/word-information-lost.js";
export { wordInformationPreserved } from "./text/word-information-preserved.js";
export { retrievalFallOut } from "./retrieval/retrieval-fall-out.js";
export { retrievalHitRate } from "./retrieval/retrieval-hit-rate.js";
export { retrievalAveragePrecision } from "./retrieval/retrieval-map.js";
export { retrievalReciprocalRank } from "./retrieval/retrieval-mrr.js";
export { retrievalNormalizedDcg } from "./retrieval/retrieval-normalized-dcg.js";
export { retrievalPrecision } from "./retrieval/retrieval-precision.js";
export { retrievalRPrecision } from "./retrieval/retrieval-r-precision.js";
export { retrievalRecall } from "./retrieval/retrieval-recall.js";
export { adjustedMutualInfoScore } from "./clustering/adjusted-mutual-info-score.js";
export { adjustedRandScore } from "./clustering/adjusted-rand-score.js";
export { calinskiHarabaszScore } from "./clustering/calinski-harabasz-score.js";
export { completenessScore } from "./clustering/completeness-score.js";
export { daviesBouldinScore } from "./clustering/davies-bouldin-score.js";
export { dunnIndex } from "./clustering/dunn-index.js";
export { fowlkesMallowsIndex } from "./clustering/fowlkes-mallows-index.js";
export { homogeneityScore } from "./clustering/homogeneity-score.js";
export { mutualInfoScore } from "./clustering/mutual-info-score.js";
export { normalizedMutualInfoScore } from "./clustering/normalized-mutual-info-score.js";
export { randScore } from "./clustering/rand-score.js";
export { vMeasureScore } from "./clustering/v-measure-score.js";
export { scaleInvariantSignalDistortionRatio } from "./audio/scale-invariant-signal-distortion-ratio.js";
export { scaleInvariantSignalNoiseRatio } from "./audio/scale-invariant-signal-noise-ratio.js";
export { signalNoiseRatio } from "./audio/signal-noise-ratio.js";
export { multiscaleStructuralSimilarityIndexMeasure } from "./image/multi-scale-structural-similarity-index-measure.js";
export { peakSignalNoiseRatio } from "./image/peak-signal-noise-ratio.js";
export { structuralSimilarityIndexMeasure } from "./image/structural-similarity-index-measure.js";
export { totalVariation } from "./image/total-variation.js";
export { universalImageQualityIndex } from "./image/universal-image-quality-index.js";
export { accuracy, binaryAccuracy, multiclassAccuracy, multilabelAccuracy } from "./classification/accuracy.js";
export { auroc, binaryAuroc, multiclassAuroc, multilabelAuroc } from "./classification/auroc.js";
export {
  averagePrecision,
  binaryAveragePrecision,
  multiclassAveragePrecision,
  multilabelAveragePrecision,
} from "./classification/average-precision.js";
export {
  binaryCalibrationError,
  calibrationError,
  multiclassCalibrationError,
} from "./classification/calibration-error.js";
export { binaryCohenKappa, cohenKappa, multiclassCohenKappa } from "./classification/cohen-kappa.js";
export {
  binaryConfusionMatrix,
  confusionMatrix,
  multiclassConfusionMatrix,
  multilabelConfusionMatrix,
} from "./classification/confusion-matrix.js";
export { asCurves, asTensors, meanCurve, precisionRecallOf, rocOf } from "./classification/curve-values.js";
export { exactMatch, multiclassExactMatch, multilabelExactMatch } from "./classification/exact-match.js";
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
export { binaryHingeLoss, hingeLoss, multiclassHingeLoss } from "./classification/hinge-loss.js";
export {
  binaryJaccardIndex,
  jaccardIndex,
  multiclassJaccardIndex,
  multilabelJaccardIndex,
} from "./classification/jaccard-index.js";
export {
  binaryMatthewsCorrcoef,
  matthewsCorrcoef,
  multiclassMatthewsCorrcoef,
  multilabelMatthewsCorrcoef,
} from "./classification/matthews-corr-coef.js";
export {
  binaryNegativePredictiveValue,
  multiclassNegativePredictiveValue,
  multilabelNegativePredictiveValue,
  negativePredictiveValue,
} from "./classification/negative-predictive-value.js";
export {
  binaryPrecisionAtFixedRecall,
  multiclassPrecisionAtFixedRecall,
  multilabelPrecisionAtFixedRecall,
  precisionAtFixedRecall,
} from "./classification/precision-at-fixed-recall.js";
export {
  binaryPrecisionRecallCurve,
  multiclassPrecisionRecallCurve,
  multilabelPrecisionRecallCurve,
  precisionRecallCurve,
} from "./classification/precision-recall-curve.js";
export { binaryPrecision, multiclassPrecision, multilabelPrecision, precision } from "./classification/precision.js";
export {
  binaryRecallAtFixedPrecision,
  multiclassRecallAtFixedPrecision,
  multilabelRecallAtFixedPrecision,
  recallAtFixedPrecision,
} from "./classification/recall-at-fixed-precision.js";
export { binaryRecall, multiclassRecall, multilabelRecall, recall } from "./classification/recall.js";
export { binaryRoc, multiclassRoc, multilabelRoc, roc } from "./classification/roc.js";
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
export { diceScore } from "./segmentation/dice-score.js";
export { generalizedDiceScore } from "./segmentation/generalized-dice-score.js";
export { hausdorffDistance } from "./segmentation/hausdorff-distance.js";
export { meanIou } from "./segmentation/mean-iou.js";
