import { MisconfigurationError } from "@lightning-ts/core";
import { existsSync, writeSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { MessageChannel, Worker, type MessagePort } from "node:worker_threads";
import { MessagePassingError } from "../../errors/message-passing-error.js";
import type { MessagePassing, MessageProcesses, MessageRequest } from "../../ports/message-passing.js";
import { isInterruption } from "../interruption-codes.js";
import { openMpi } from "./mpi-library.js";
import { MpiProcesses } from "./mpi-processes.js";
import { SharedWords, type FromThread } from "./thread-messages.js";
import { ucxSettings } from "./ucx-settings.js";

/** How long a process that fails waits until it ends all others, so that their errors come first. */
const GRACE_MS = 500;
const FAILED = 1;
const STANDARD_ERROR = 2;

let joining: Promise<MessageProcesses> | undefined;

/** MPI, for the processes that somebody else has started; one for the process. */
const MPI: MessagePassing = { join: (request) => (joining ??= join(request)) };

export function nodeMessagePassing(): MessagePassing {
  return MPI;
}

/** What the user has set stays. The library reads it when it is loaded. */
function setUpUcx(): void {
  for (const [name, value] of Object.entries(ucxSettings())) process.env[name] ??= value;
}

async function join(request: MessageRequest): Promise<MessageProcesses> {
  setUpUcx();
  const environment = { ...process.env };
  const mpi = await openMpi(environment);
  const shared = new SharedWords();
  const { port1: port, port2 } = new MessageChannel();
  const data = { memory: shared.memory, environment, processId: process.pid, port: port2 };
  const worker = startThread(data, port2);
  // What is under way keeps the process, not the thread, which ends with it.
  worker.unref();
  const found = await firstMessage(port, worker);
  if (found.worldSize !== request.worldSize || found.rank !== request.rank) throw notTheSame(request, found);
  const processes = new MpiProcesses({ mpi, shared, port, worker, request });
  endTogether(processes, request, () => void mpi.functions.abort(mpi.abi.world, FAILED));
  return processes;
}

/** A thread of its own: MPI's calls block, and are to be made while JavaScript computes. */
function startThread(workerData: object, port: MessagePort): Worker {
  const built = new URL("./mpi-thread.js", import.meta.url);
  const options = { workerData, transferList: [port] };
  if (existsSync(fileURLToPath(built))) return new Worker(built, options);
  const source = new URL("./mpi-thread.ts", import.meta.url);
  if (!existsSync(fileURLToPath(source))) throw noThread(fileURLToPath(built));
  const [tsx, entry] = [import.meta.resolve("tsx/esm/api"), source.href].map((url) => JSON.stringify(url));
  // Node 20 gives loaders of the process to its threads only by code that runs in them.
  const code = `import(${tsx}).then(({ register }) => { register(); return import(${entry}); })`;
  return new Worker(code, { ...options, eval: true });
}

async function firstMessage(port: MessagePort, worker: Worker): Promise<Extract<FromThread, { type: "ready" }>> {
  const message = await new Promise<FromThread>((resolve) => {
    port.once("message", resolve);
    worker.once("error", (error) => resolve({ type: "unavailable", how: String(error) }));
  });
  if (message.type === "ready") return message;
  throw new MessagePassingError(message.type === "unavailable" ? message.how : `it began with ${message.type}`);
}

/** This process ends well when all others do, and ends all others when it does not. */
function endTogether(processes: MpiProcesses, { timeoutMs }: MessageRequest, abort: () => void): void {
  process.on("uncaughtExceptionMonitor", (error) => {
    processes.end("failed", error instanceof Error ? error.message : String(error));
    // Node writes it after everything else, when this process and all others have been ended.
    writeSync(STANDARD_ERROR, `[rank ${processes.rank}] ${inspect(error)}\n`);
  });
  process.on("exit", (code) => {
    const isWell = (code === 0 || isInterruption(code)) && processes.failure === undefined;
    processes.end(isWell ? "left" : "failed", `it exited with code ${code}`);
    if (isWell && processes.finish(timeoutMs)) return;
    if (isWell) process.stderr.write(`Rank ${processes.rank} has waited ${timeoutMs} ms for the others to end.\n`);
    else sleep(GRACE_MS);
    abort();
  });
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

function notTheSame(request: MessageRequest, found: { readonly rank: number; readonly worldSize: number }) {
  return new MisconfigurationError({
    code: "LIT_MPI",
    message: "The MPI library does not know the processes that were started with this one.",
    expected: `rank ${request.rank} of ${request.worldSize}, as ${request.startedBy} says`,
    received: `rank ${found.rank} of ${found.worldSize}`,
    tryThis: "the mpirun that belongs to the library (LIGHTNING_MPI_LIBRARY names another one); srun --mpi=list.",
  });
}

function noThread(path: string): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_MPI",
    message: "A bundler has left the thread behind that calls MPI.",
    expected: `dist/mpi-thread.js of @lightning-ts/fabric at ${path}`,
    tryThis: "leave @lightning-ts/fabric out of the bundle, or copy that file.",
  });
}
