/** Options without which some class refuses to be made, by a part of its name. */
const NEEDED: Readonly<Record<string, object>> = {
  Multiclass: { numClasses: 3 },
  Multilabel: { numLabels: 2 },
  RecallAtFixedPrecision: { minPrecision: 0.5 },
  PrecisionAtFixedRecall: { minRecall: 0.5 },
  FBeta: { beta: 2 },
  CriticalSuccess: { threshold: 0.5 },
  Minkowski: { p: 2 },
  PeakSignal: { dataRange: 1 },
  Dice: { numClasses: 3 },
  Hausdorff: { numClasses: 3 },
};

/** Options that a class of this name needs, together. */
export function neededOptions(name: string): object {
  const needed = Object.entries(NEEDED).flatMap(([part, options]) => (name.includes(part) ? [options] : []));
  return Object.assign({}, ...needed);
}
