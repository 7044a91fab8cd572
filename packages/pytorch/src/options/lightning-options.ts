/** Options of Lightning's Trainer that this one does not have, and why nobody needs them or what to do instead. */
export const ADVICE_FOR_LIGHTNING_OPTIONS: ReadonlyMap<string, string> = new Map([
  ["deterministic", "every run is: the same seed gives the same bits"],
  ["benchmark", "there is nothing to tune: leave it out"],
  ["inferenceMode", "evaluation never records gradients: leave it out"],
  ["profiler", "this version has no profiler; node --cpu-prof shows where JavaScript spends its time"],
  ["syncBatchnorm", "this version trains on one device"],
  ["modelRegistry", "pass a path as ckptPath"],
  ["suggestIntegrations", "there is no advertising to switch off"],
]);
