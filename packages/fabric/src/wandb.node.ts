// The logger of Weights & Biases as Node gets it: a program may import nothing else that brings Node's ports.
import { installNodePorts } from "./node/install-node-ports.js";

export { WandbLogger, type WandbLoggerOptions } from "./loggers/wandb/index.js";

installNodePorts();
