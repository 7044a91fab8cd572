import { setAsyncContext, setFiles, setThreads } from "@lightning-ts/core";
import { setDefaultPorts } from "../ports/default-ports.js";
import { nodeAsyncContext } from "./node-async-context.js";
import { nodeFiles } from "./node-files.js";
import { nodePorts } from "./node-ports.js";
import { nodeThreads } from "./node-threads.js";

/**
 * What needs the outside world and was given no ports gets Node's from here on. The entries call this: they are listed
 * in `sideEffects`, and a chunk that they share is not, so bundlers would leave out what runs when it is imported.
 */
export function installNodePorts(): void {
  setDefaultPorts(nodePorts);
  setAsyncContext(nodeAsyncContext());
  setThreads(nodeThreads());
  setFiles(nodeFiles());
}
