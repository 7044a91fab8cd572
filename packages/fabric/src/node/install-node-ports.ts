// What needs the outside world and was given no ports gets Node's from here on.
import { setAsyncContext, setFiles, setThreads } from "@lightning-ts/core";
import { setDefaultPorts } from "../ports/default-ports.js";
import { nodeAsyncContext } from "./node-async-context.js";
import { nodeFiles } from "./node-files.js";
import { nodePorts } from "./node-ports.js";
import { nodeThreads } from "./node-threads.js";

setDefaultPorts(nodePorts);
setAsyncContext(nodeAsyncContext());
setThreads(nodeThreads());
setFiles(nodeFiles());
