export { clipGradNorm, clipGradValue, type ClipGradNormOptions } from "./clip-gradients.js";
export { parametersToVector, vectorToParameters } from "./parameters-to-vector.js";
export * as prune from "./prune/index.js";
export * as rnn from "./rnn/index.js";
