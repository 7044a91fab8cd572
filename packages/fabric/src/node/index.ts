export { nodeAsyncContext } from "./node-async-context.js";
export { nodeClock } from "./node-clock.js";
export { nodeEnvironment } from "./node-environment.js";
export { nodeFiles } from "./node-files.js";
export { nodePorts } from "./node-ports.js";
export { nodeProcesses } from "./node-processes.js";
export { nodeSignals } from "./node-signals.js";
export { nodeTerminal } from "./node-terminal.js";
