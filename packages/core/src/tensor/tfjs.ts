/** tfjs-core, with the few functions whose values at special points differ from PyTorch's replaced. */
export * from "@tensorflow/tfjs-core";
export { logSumExp } from "../ops/log-sum-exp.js";
export { mean } from "../ops/mean.js";
export { norm } from "../ops/norm.js";
