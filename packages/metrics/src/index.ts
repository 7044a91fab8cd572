export * as functional from "./functional.js";

export { MeanSquaredError, type MeanSquaredErrorOptions } from "./regression/mean-squared-error.js";
