export { nodeAsyncContext } from "./node-async-context.js";
export { nodeClock } from "./node-clock.js";
export { nodeEnvironment } from "./node-environment.js";
export { nodeFiles } from "./node-files.js";
export { nodeMachine } from "./node-machine.js";
export { nodePorts } from "./node-ports.js";
export { nodeProcesses } from "./node-processes.js";
export { nodeSignals } from "./node-signals.js";
export { nodeTerminal } from "./node-terminal.js";
export { nodeThreads, type NodeThreadsOptions } from "./node-threads.js";
export {
  isProgram,
  requireScript,
  runLauncherProcess,
  runScriptProcess,
  type LauncherToRun,
  type ScriptEnd,
  type ScriptToRun,
} from "./run-script-process.js";
export { spawnRanks, type SpawnRanksOptions } from "./ranks/spawn-ranks.js";
