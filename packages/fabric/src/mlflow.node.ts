// MLflow's logger as Node gets it: a program may import nothing else that brings Node's ports.
import { installNodePorts } from "./node/install-node-ports.js";

export { MLFlowLogger, type MLFlowLoggerOptions, MlflowError } from "./loggers/mlflow/index.js";

installNodePorts();
