import { nodeCpuProfiler } from "./node-cpu-profiler.js";
import { nodeClock } from "./node-clock.js";
import { nodeEnvironment } from "./node-environment.js";
import { nodeFiles } from "./node-files.js";
import { nodeMachine } from "./node-machine.js";
import { nodeProcesses } from "./node-processes.js";
import { nodeSignals } from "./node-signals.js";
import { nodeTerminal } from "./node-terminal.js";
import { nodeMessagePassing } from "./mpi/node-message-passing.js";
import { nodeRanks } from "./ranks/node-ranks.js";
import type { Ports } from "../ports/ports.js";

/** The outside world as Node offers it. */
export function nodePorts(): Ports {
  return {
    files: nodeFiles(),
    clock: nodeClock(),
    signals: nodeSignals(),
    environment: nodeEnvironment(),
    terminal: nodeTerminal(),
    processes: nodeProcesses(),
    cpuProfiler: nodeCpuProfiler(),
    machine: nodeMachine(),
    ranks: nodeRanks(),
    messagePassing: nodeMessagePassing(),
  };
}
