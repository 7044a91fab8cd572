export { clipGradNorm, clipGradsWithNorm, clipGradValue, type ClipGradNormOptions } from "./clip-gradients.js";
export { parametersToVector, vectorToParameters } from "./parameters-to-vector.js";
export * as prune from "./prune/index.js";
export * as rnn from "./rnn/index.js";
export * as parametrizations from "./reparametrize/parametrizations.js";
export { removeSpectralNorm, spectralNorm, type SpectralNormOptions } from "./reparametrize/spectral-norm.js";
export { removeWeightNorm, weightNorm } from "./reparametrize/weight-norm.js";
