const COMMON = ["ignoreIndex", "validateArgs"];
const COUNTED = [...COMMON, "multidimAverage"];

/** The names of options, by what a metric judges. */
export const OPTION_NAMES = {
  common: COMMON,
  binary: [...COUNTED, "threshold"],
  multiclass: [...COUNTED, "numClasses", "average", "topK"],
  multilabel: [...COUNTED, "numLabels", "threshold", "average"],
};
