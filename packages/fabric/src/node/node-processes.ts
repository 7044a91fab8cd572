import { execFile } from "node:child_process";
import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import { promisify } from "node:util";
import type { ProcessIdentity, Processes } from "@lightning-ts/core";

/** Behind the name of the program, which may hold anything and ends with the last bracket, come the other fields. */
const START_TIME_FIELD = 19;

/** What Node ends with after an error that nobody caught. */
const UNCAUGHT = 1;

/** Node's processes. */
export function nodeProcesses(): Processes {
  return {
    own: async () => ({ hostName: hostname(), processId: process.pid, started: (await startOf(process.pid)) ?? "" }),
    isRunning,
    isChildOf: (processId) => process.ppid === processId,
    setExitCode,
    exit: (code) => {
      process.exit(code);
    },
    onRejection,
    run,
  };
}

const rejectionHandlers = new Set<(reason: unknown) => boolean>();

function onRejection(handler: (reason: unknown) => boolean): () => void {
  if (rejectionHandlers.size === 0) process.on("unhandledRejection", handleRejection);
  rejectionHandlers.add(handler);
  return () => {
    if (rejectionHandlers.delete(handler) && rejectionHandlers.size === 0)
      process.off("unhandledRejection", handleRejection);
  };
}

/** Without this listener Node would end the process for a rejection, so this does so for those that nobody takes. */
function handleRejection(reason: unknown): void {
  for (const handler of rejectionHandlers) if (handler(reason)) return;
  if (process.listenerCount("unhandledRejection") > 1 || !endsByRejections()) return;
  throw reason instanceof Error ? reason : new Error(`Unhandled rejection: ${String(reason)}`);
}

function endsByRejections(): boolean {
  const options = [...process.execArgv, process.env["NODE_OPTIONS"] ?? ""].join(" ");
  return !/--unhandled-rejections[= ](none|warn)/.test(options);
}

let exitCode: number | undefined;

/** The code stays where the program ends by an error that nobody caught, for which Node has a code of its own. */
function setExitCode(code: number): void {
  if (exitCode === undefined)
    process.on("exit", (ended) => {
      if (ended === UNCAUGHT) process.exitCode = exitCode;
    });
  exitCode = code;
  process.exitCode = code;
}

async function isRunning({ hostName, processId, started }: ProcessIdentity): Promise<boolean | undefined> {
  if (hostName !== hostname()) return undefined;
  if (process.platform === "linux") return isRunningOnLinux(processId, started);
  if (!hasProcess(processId)) return false;
  const now = await startOf(processId);
  return now === undefined || started === "" ? undefined : now === started;
}

/** Process numbers count for one boot and one namespace: those of a container say nothing about another one. */
async function isRunningOnLinux(processId: number, started: string): Promise<boolean | undefined> {
  const own = await startOf(process.pid);
  if (started === "" || own === undefined || placeOf(own) !== placeOf(started)) return undefined;
  return (await startOf(processId)) === started;
}

function placeOf(started: string): string {
  return started.slice(0, started.lastIndexOf("/"));
}

/** When a process was started, as far as the platform tells. */
async function startOf(processId: number): Promise<string | undefined> {
  try {
    if (process.platform === "linux") return await startOnLinux(processId);
    if (process.platform === "win32") return undefined;
    return await output("ps", ["-o", "lstart=", "-p", String(processId)]);
  } catch {
    // The process is gone, or the platform does not show it: nothing is known about it then.
    return undefined;
  }
}

async function startOnLinux(processId: number): Promise<string> {
  const [boot, namespace, status] = await Promise.all([
    readFile("/proc/sys/kernel/random/boot_id", "utf8"),
    readlink("/proc/self/ns/pid"),
    readFile(`/proc/${processId}/stat`, "utf8"),
  ]);
  const ticks = status.slice(status.lastIndexOf(")") + 2).split(" ")[START_TIME_FIELD] ?? "";
  return `${boot.trim()}/${namespace}/${ticks}`;
}

function hasProcess(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // Without the right to ask there is a process of somebody else.
    return typeof error === "object" && error !== null && "code" in error && error.code === "EPERM";
  }
}

async function output(command: string, args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(command, args)).stdout.trim();
}

async function run(command: string, args: readonly string[]): Promise<number> {
  try {
    await promisify(execFile)(command, args);
    return 0;
  } catch (error) {
    // A program that ran and failed has a number here, and one that could not be started has a name.
    if (error instanceof Error && "code" in error && typeof error.code === "number") return error.code;
    throw error;
  }
}
