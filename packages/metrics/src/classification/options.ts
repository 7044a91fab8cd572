/** How the scores of several classes or labels become one; "none" keeps them apart. */
export type Average = "micro" | "macro" | "weighted" | "none";

/** What all metrics of classification take. */
export interface CommonOptions {
  /** A target that counts nowhere. */
  readonly ignoreIndex?: number | undefined;
  /**
   * Whether inputs are checked: shapes at once, classes when the metric is computed, so that no step waits for a value.
   * "each batch" reads and checks the classes of every batch, and false checks nothing. @default true
   */
  readonly validateArgs?: boolean | "each batch" | undefined;
}

/** What metrics take that count right and wrong answers. */
export interface CountOptions extends CommonOptions {
  /** "samplewise" keeps the samples apart and counts over their other dimensions. @default "global" */
  readonly multidimAverage?: "global" | "samplewise" | undefined;
}

export interface ThresholdOption {
  /** A probability above it is a yes. @default 0.5 */
  readonly threshold?: number | undefined;
}

export interface AverageOption {
  /** @default "macro" */
  readonly average?: Average | undefined;
}

export interface ZeroDivisionOption {
  /** The score where nothing was there to be scored. @default 0 */
  readonly zeroDivision?: 0 | 1 | undefined;
}

/** Options for yes or no. Predictions, of the targets' shape, are probabilities, logits or 0 and 1. */
export interface BinaryOptions extends CountOptions, ThresholdOption {}

/** Options for one of several classes. Predictions are classes like the targets, or have scores along dimension 1. */
export interface MulticlassOptions extends CountOptions, AverageOption {
  /** May be left out with `average: "micro"`. */
  readonly numClasses?: number | undefined;
  /** A target among so many highest scores counts as met. @default 1 */
  readonly topK?: number | undefined;
}

/** Options for several yes or no. Predictions and targets are of one shape, with the labels along dimension 1. */
export interface MultilabelOptions extends CountOptions, ThresholdOption, AverageOption {
  readonly numLabels: number;
}
