import { MisconfigurationError } from "@lightning-ts/core";
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";
import type { JoinRequest } from "../../ports/ranks.js";
import type { LinuxCalls } from "./linux-calls.js";
import { optionsOfNode } from "./options-of-node.js";
import { MEMORY_DESCRIPTOR, PARENT_VARIABLE } from "./rank-process.js";

/** Set until a child has seen that its parent lives: the number of that process. */
const START_VARIABLE = "LT_RANK_START";

/** A rank that this process has started. */
export interface Child {
  readonly localRank: number;
  readonly process: ChildProcess;
}

/**
 * Starts the other ranks of this machine: the same script with the same arguments, loaders and options of Node. What
 * they print is dropped, what they write as errors goes to this process's errors. Nothing is read by two of them.
 */
export function startChildren(request: JoinRequest, memory: number, calls: LinuxCalls): Child[] {
  const [, script, ...args] = process.argv;
  if (!isMainThread || script === undefined) throw noScript();
  const ranks = Array.from({ length: request.localRanks }, (_, localRank) => localRank).slice(1);
  return ranks.map((localRank) => {
    const leash = calls.createLeash();
    const child = spawn(process.execPath, [...optionsOfNode(), ...preload(), script, ...args], {
      stdio: ["ignore", "ignore", "inherit", memory, ...(leash === undefined ? [] : [leash.descriptor])],
      env: {
        ...process.env,
        ...request.variablesOf(localRank),
        [PARENT_VARIABLE]: String(process.pid),
        [START_VARIABLE]: String(process.pid),
      },
    });
    if (child.pid !== undefined) leash?.tie(child.pid, "SIGKILL");
    return { localRank, process: child };
  });
}

/**
 * What a child loads before its script. In a bundle that is alone there is no such file; lines of errors have their
 * prefix from the launch on then.
 */
function preload(): string[] {
  try {
    const url = import.meta.resolve("@lightning-ts/fabric/rank");
    if (existsSync(fileURLToPath(url))) return ["--import", url];
  } catch {
    // There is no such package.
  }
  return ["--import", `data:text/javascript,${encodeURIComponent(END_WITHOUT_PARENT)}`];
}

/** The parent may have ended between the child's start and the moment in which the kernel was told to take it along. */
const END_WITHOUT_PARENT = `
const parent = process.env.${START_VARIABLE};
delete process.env.${START_VARIABLE};
if (parent !== undefined && Number(parent) !== process.ppid) process.exit(1);
`;

/** The descriptor that a child has for the memory of its parent. */
export const INHERITED_MEMORY = MEMORY_DESCRIPTOR;

function noScript(): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_RANKS",
    message: "Other ranks run the same script, and there is none here that could be run again.",
    expected: "the main thread of a program that was started as `node script.js`",
    received: isMainThread ? "code without a script" : "a worker thread",
    tryThis: "put the training into a script, or devices: 1.",
  });
}
