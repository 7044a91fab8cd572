/** tfjs-core, with the few functions replaced whose values at special points differ from PyTorch's, or that draw. */
export * from "@tensorflow/tfjs-core";
export { logSumExp } from "../ops/log-sum-exp.js";
export { mean } from "../ops/mean.js";
export { norm } from "../ops/norm.js";
export {
  dropout,
  multinomial,
  randomGamma,
  randomNormal,
  randomStandardNormal,
  randomUniform,
  randomUniformInt,
  truncatedNormal,
} from "../ops/seeded-random.js";
