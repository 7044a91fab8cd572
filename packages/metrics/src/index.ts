export * as functional from "./functional.js";

export { MeanSquaredError, type MeanSquaredErrorOptions } from "./regression/mean-squared-error.js";
export { ConcordanceCorrCoef } from "./regression/concordance-corr-coef.js";
export { CosineSimilarity, type CosineSimilarityOptions } from "./regression/cosine-similarity.js";
export { CriticalSuccessIndex, type CriticalSuccessIndexOptions } from "./regression/critical-success-index.js";
export { ExplainedVariance, type ExplainedVarianceOptions } from "./regression/explained-variance.js";
export { JensenShannonDivergence } from "./regression/jensen-shannon-divergence.js";
export {
  KendallRankCorrCoef,
  type KendallFormOptions,
  type KendallRankCorrCoefOptions,
} from "./regression/kendall-rank-corr-coef.js";
export { KLDivergence } from "./regression/kl-divergence.js";
export { LogCoshError, type LogCoshErrorOptions } from "./regression/log-cosh-error.js";
export { MeanAbsoluteError, type MeanAbsoluteErrorOptions } from "./regression/mean-absolute-error.js";
export { MeanAbsolutePercentageError } from "./regression/mean-absolute-percentage-error.js";
export { MeanSquaredLogError } from "./regression/mean-squared-log-error.js";
export { MinkowskiDistance, type MinkowskiDistanceOptions } from "./regression/minkowski-distance.js";
export {
  NormalizedRootMeanSquaredError,
  type ErrorNormalization,
  type NormalizedRootMeanSquaredErrorOptions,
} from "./regression/normalized-root-mean-squared-error.js";
export { PearsonCorrCoef } from "./regression/pearson-corr-coef.js";
export { R2Score, type R2ScoreOptions } from "./regression/r2-score.js";
export {
  RelativeSquaredError,
  type RelativeSquaredErrorFormOptions,
  type RelativeSquaredErrorOptions,
} from "./regression/relative-squared-error.js";
export { SpearmanCorrCoef } from "./regression/spearman-corr-coef.js";
export { SymmetricMeanAbsolutePercentageError } from "./regression/symmetric-mean-absolute-percentage-error.js";
export { TweedieDevianceScore, type TweedieDevianceScoreOptions } from "./regression/tweedie-deviance-score.js";
export { WeightedMeanAbsolutePercentageError } from "./regression/weighted-mean-absolute-percentage-error.js";
export type { RowReduction } from "./base/row-values.js";
export type { CorrCoefOptions } from "./regression/correlation-metric.js";
export type { DivergenceOptions } from "./regression/divergence.js";
export type { KendallAlternative, KendallVariant } from "./regression/kendall-tau.js";
export type { Multioutput } from "./regression/multioutput.js";
export type { SamplePairsOptions } from "./regression/sample-pairs.js";
export { type BLEUMetric, BLEUScore } from "./text/bleu-score.js";
export { CharErrorRate } from "./text/char-error-rate.js";
export { CHRFScore, type CHRFScoreOptions } from "./text/chrf-score.js";
export { EditDistance, type EditDistanceOptions } from "./text/edit-distance.js";
export { MatchErrorRate } from "./text/match-error-rate.js";
export { Perplexity, type PerplexityOptions } from "./text/perplexity.js";
export { ROUGEScore, type ROUGEScoreOptions, type ROUGEScores } from "./text/rouge-score.js";
export { SacreBLEUScore, type SacreBLEUScoreOptions } from "./text/sacre-bleu-score.js";
export { WordErrorRate } from "./text/word-error-rate.js";
export { WordInfoLost } from "./text/word-information-lost.js";
export { WordInfoPreserved } from "./text/word-information-preserved.js";
export type { BLEUScoreOptions } from "./text/bleu-counts.js";
export type { RougeKey } from "./text/rouge-scores.js";
export type { RougeTokenOptions } from "./text/rouge-tokens.js";
export type { SacreBLEUTokenizer } from "./text/sacre-bleu-tokenizers.js";
export type { References, Sentences } from "./text/words.js";
export { RetrievalFallOut } from "./retrieval/retrieval-fall-out.js";
export { RetrievalHitRate } from "./retrieval/retrieval-hit-rate.js";
export { RetrievalMAP } from "./retrieval/retrieval-map.js";
export { RetrievalMRR } from "./retrieval/retrieval-mrr.js";
export { RetrievalNormalizedDCG } from "./retrieval/retrieval-normalized-dcg.js";
export {
  RetrievalPrecision,
  type RetrievalPrecisionFormOptions,
  type RetrievalPrecisionOptions,
} from "./retrieval/retrieval-precision.js";
export { RetrievalRPrecision } from "./retrieval/retrieval-r-precision.js";
export { RetrievalRecall } from "./retrieval/retrieval-recall.js";
export type {
  EmptyTargetAction,
  RankingOptions,
  RetrievalAggregation,
  RetrievalOptions,
  RetrievalTopKOptions,
} from "./retrieval/retrieval-metric.js";
export {
  AdjustedMutualInfoScore,
  type AdjustedMutualInfoScoreOptions,
} from "./clustering/adjusted-mutual-info-score.js";
export { AdjustedRandScore } from "./clustering/adjusted-rand-score.js";
export { CalinskiHarabaszScore } from "./clustering/calinski-harabasz-score.js";
export { CompletenessScore } from "./clustering/completeness-score.js";
export { DaviesBouldinScore } from "./clustering/davies-bouldin-score.js";
export { DunnIndex, type DunnIndexOptions } from "./clustering/dunn-index.js";
export { FowlkesMallowsIndex } from "./clustering/fowlkes-mallows-index.js";
export { HomogeneityScore } from "./clustering/homogeneity-score.js";
export { MutualInfoScore } from "./clustering/mutual-info-score.js";
export {
  NormalizedMutualInfoScore,
  type NormalizedMutualInfoScoreOptions,
} from "./clustering/normalized-mutual-info-score.js";
export { RandScore } from "./clustering/rand-score.js";
export { VMeasureScore, type VMeasureScoreOptions } from "./clustering/v-measure-score.js";
export { ScaleInvariantSignalDistortionRatio } from "./audio/scale-invariant-signal-distortion-ratio.js";
export { ScaleInvariantSignalNoiseRatio } from "./audio/scale-invariant-signal-noise-ratio.js";
export { SignalNoiseRatio } from "./audio/signal-noise-ratio.js";
export type { SignalOptions } from "./audio/signal-metric.js";
export type { EntropyAverage } from "./clustering/information.js";
export {
  MultiScaleStructuralSimilarityIndexMeasure,
  type SimilarityNormalization,
  type MultiScaleStructuralSimilarityIndexMeasureOptions,
} from "./image/multi-scale-structural-similarity-index-measure.js";
export { PeakSignalNoiseRatio, type PeakSignalNoiseRatioOptions } from "./image/peak-signal-noise-ratio.js";
export {
  StructuralSimilarityIndexMeasure,
  type StructuralSimilarityIndexMeasureOptions,
} from "./image/structural-similarity-index-measure.js";
export { TotalVariation, type TotalVariationOptions } from "./image/total-variation.js";
export {
  UniversalImageQualityIndex,
  type UniversalImageQualityIndexOptions,
} from "./image/universal-image-quality-index.js";
export type { DataRange, ImageReduction } from "./image/image-values.js";
export type { SSIMOptions } from "./image/ssim-options.js";
export { BinaryAccuracy, MulticlassAccuracy, MultilabelAccuracy, Accuracy } from "./classification/accuracy.js";
export {
  BinaryAUROC,
  MulticlassAUROC,
  MultilabelAUROC,
  AUROC,
  type BinaryAUROCOptions,
  type MulticlassAUROCOptions,
  type MultilabelAUROCOptions,
} from "./classification/auroc.js";
export {
  BinaryAveragePrecision,
  MulticlassAveragePrecision,
  MultilabelAveragePrecision,
  AveragePrecision,
  type MulticlassAveragePrecisionOptions,
  type MultilabelAveragePrecisionOptions,
} from "./classification/average-precision.js";
export {
  BinaryCalibrationError,
  MulticlassCalibrationError,
  CalibrationError,
  type CalibrationNorm,
  type BinaryCalibrationErrorOptions,
  type MulticlassCalibrationErrorOptions,
} from "./classification/calibration-error.js";
export {
  BinaryCohenKappa,
  MulticlassCohenKappa,
  CohenKappa,
  type KappaWeights,
  type BinaryCohenKappaOptions,
  type MulticlassCohenKappaOptions,
} from "./classification/cohen-kappa.js";
export {
  BinaryConfusionMatrix,
  MulticlassConfusionMatrix,
  MultilabelConfusionMatrix,
  ConfusionMatrix,
  type Normalization,
  type BinaryConfusionMatrixOptions,
  type MulticlassConfusionMatrixOptions,
  type MultilabelConfusionMatrixOptions,
} from "./classification/confusion-matrix.js";
export {
  type BinaryCurveMetric,
  type MulticlassCurveMetric,
  type MultilabelCurveMetric,
  type ScoredCurveMetric,
  type CurveOptions,
  type BinaryCurveOptions,
  type ScoredCurveOptions,
  type MulticlassCurveOptions,
  type MultilabelCurveOptions,
} from "./classification/curve-metric.js";
export { type CurveValues, type Curve, type Curves } from "./classification/curve-values.js";
export {
  MulticlassExactMatch,
  MultilabelExactMatch,
  ExactMatch,
  type MulticlassExactMatchOptions,
  type MultilabelExactMatchOptions,
} from "./classification/exact-match.js";
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
  BinaryHingeLoss,
  MulticlassHingeLoss,
  HingeLoss,
  type BinaryHingeLossOptions,
  type MulticlassHingeLossOptions,
} from "./classification/hinge-loss.js";
export {
  BinaryJaccardIndex,
  MulticlassJaccardIndex,
  MultilabelJaccardIndex,
  JaccardIndex,
  type BinaryJaccardOptions,
  type MulticlassJaccardOptions,
  type MultilabelJaccardOptions,
} from "./classification/jaccard-index.js";
export {
  type BinaryMatrixMetric,
  type MulticlassMatrixMetric,
  type MultilabelMatrixMetric,
  type BinaryMatrixOptions,
  type MulticlassMatrixOptions,
  type MultilabelMatrixOptions,
} from "./classification/matrix-metric.js";
export {
  BinaryMatthewsCorrCoef,
  MulticlassMatthewsCorrCoef,
  MultilabelMatthewsCorrCoef,
  MatthewsCorrCoef,
} from "./classification/matthews-corr-coef.js";
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
export {
  BinaryPrecisionAtFixedRecall,
  MulticlassPrecisionAtFixedRecall,
  MultilabelPrecisionAtFixedRecall,
  PrecisionAtFixedRecall,
  type BinaryPrecisionAtFixedRecallOptions,
  type MulticlassPrecisionAtFixedRecallOptions,
  type MultilabelPrecisionAtFixedRecallOptions,
} from "./classification/precision-at-fixed-recall.js";
export {
  BinaryPrecisionRecallCurve,
  MulticlassPrecisionRecallCurve,
  MultilabelPrecisionRecallCurve,
  PrecisionRecallCurve,
  type MulticlassPrecisionRecallCurveOptions,
} from "./classification/precision-recall-curve.js";
export { BinaryPrecision, MulticlassPrecision, MultilabelPrecision, Precision } from "./classification/precision.js";
export {
  BinaryRecallAtFixedPrecision,
  MulticlassRecallAtFixedPrecision,
  MultilabelRecallAtFixedPrecision,
  RecallAtFixedPrecision,
  type BinaryRecallAtFixedPrecisionOptions,
  type MulticlassRecallAtFixedPrecisionOptions,
  type MultilabelRecallAtFixedPrecisionOptions,
} from "./classification/recall-at-fixed-precision.js";
export { BinaryRecall, MulticlassRecall, MultilabelRecall, Recall } from "./classification/recall.js";
export { BinaryROC, MulticlassROC, MultilabelROC, ROC, type MulticlassROCOptions } from "./classification/roc.js";
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
export { SumMetric, MeanMetric, MaxMetric, MinMetric, CatMetric } from "./aggregation/aggregators.js";
export { BootStrapper, type BootStrapperOptions, type BootStrapperValue } from "./wrappers/boot-strapper.js";
export { ClasswiseWrapper, type ClasswiseWrapperOptions } from "./wrappers/classwise-wrapper.js";
export { MetricTracker, type BestStep, type MetricTrackerOptions } from "./wrappers/metric-tracker.js";
export { MinMaxMetric, type MinMaxValue } from "./wrappers/min-max-metric.js";
export { MultioutputWrapper, type MultioutputWrapperOptions } from "./wrappers/multioutput-wrapper.js";
export {
  Running,
  RunningMean,
  RunningSum,
  type RunningOptions,
  type RunningAggregatorOptions,
} from "./wrappers/running.js";
export { CompositionalMetric, type MetricOperand } from "./composition/compositional-metric.js";
export {
  type CollectionPlotOptions,
  MetricCollection,
  type MetricCollectionOptions,
  type Metrics,
} from "./collection/metric-collection.js";
export { plot, type Plottable } from "./plot/plot.js";
export { plotConfusionMatrix } from "./plot/plot-confusion-matrix.js";
export { type CurvePlotOptions, plotCurve } from "./plot/plot-curve.js";
export { type PlotOptions, plotValues } from "@lightning-ts/core";
export { DiceScore, type DiceScoreOptions } from "./segmentation/dice-score.js";
export { GeneralizedDiceScore, type GeneralizedDiceScoreOptions } from "./segmentation/generalized-dice-score.js";
export { HausdorffDistance, type HausdorffDistanceOptions } from "./segmentation/hausdorff-distance.js";
export { MeanIoU, type MeanIoUOptions } from "./segmentation/mean-iou.js";
export type { DistanceMetric } from "./segmentation/surface-distance.js";
export type { SegmentationFormat } from "./segmentation/one-hot-inputs.js";
