import { MisconfigurationError } from "@lightning-ts/core";
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";
import type { JoinRequest } from "../../ports/ranks.js";
import { MEMORY_DESCRIPTOR, PARENT_VARIABLE } from "./rank-process.js";

/** Options of Node that two processes cannot both have. */
const FOR_ONE_PROCESS = /^--(inspect|cpu-prof|heap-prof|prof$|watch)/;

/** A rank that this process has started. */
export interface Child {
  readonly localRank: number;
  readonly process: ChildProcess;
}

/**
 * Starts the other ranks of this machine: the same script with the same arguments, loaders and options of Node. What
 * they print is dropped, what they write as errors goes to this process's errors. Nothing is read by two of them.
 */
export function startChildren(request: JoinRequest, memory: number): Child[] {
  const [, script, ...args] = process.argv;
  if (!isMainThread || script === undefined) throw noScript();
  const ranks = Array.from({ length: request.localRanks }, (_, localRank) => localRank).slice(1);
  return ranks.map((localRank) => ({
    localRank,
    process: spawn(process.execPath, [...optionsOfNode(), ...preload(), script, ...args], {
      stdio: ["ignore", "ignore", "inherit", memory],
      env: { ...process.env, ...request.variablesOf(localRank), [PARENT_VARIABLE]: String(process.pid) },
    }),
  }));
}

function optionsOfNode(): string[] {
  return process.execArgv.filter((option) => !FOR_ONE_PROCESS.test(option));
}

/** Without it, as in a bundle that is alone, a rank begins to look after its parent when it launches. */
function preload(): string[] {
  try {
    const url = import.meta.resolve("@lightning-ts/fabric/rank");
    return existsSync(fileURLToPath(url)) ? ["--import", url] : [];
  } catch {
    return [];
  }
}

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
