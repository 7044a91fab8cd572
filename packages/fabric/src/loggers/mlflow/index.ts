export { MLFlowLogger, type MLFlowLoggerOptions } from "./mlflow-logger.js";
export { MlflowError } from "./mlflow-error.js";
