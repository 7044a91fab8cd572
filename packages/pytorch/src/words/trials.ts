const trials = new WeakSet<object>();

/** Says that a Trainer makes trials for a tuner, which speaks for them: that each of them has ended is no news. */
export function markTrial(trainer: object): void {
  trials.add(trainer);
}

export function isTrial(trainer: object): boolean {
  return trials.has(trainer);
}
