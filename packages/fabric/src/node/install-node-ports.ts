// What needs the outside world and was given no ports gets Node's from here on.
import { setDefaultPorts } from "../ports/default-ports.js";
import { nodePorts } from "./node-ports.js";

setDefaultPorts(nodePorts);
