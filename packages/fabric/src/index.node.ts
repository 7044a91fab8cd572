// The package as Node gets it: the same names as everywhere, with Node's ports as the default.
import { installNodePorts } from "./node/install-node-ports.js";

export * from "./index.js";

installNodePorts();
