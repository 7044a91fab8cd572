import { readFileSync } from "node:fs";
import type { RankProcess } from "../../ports/ranks.js";

/** Behind the name of the program, which may hold anything and ends with the last bracket, come the other fields. */
const START_TIME_FIELD = 19;

/** This process. */
export function ownProcess(): RankProcess {
  return { processId: process.pid, startedTicks: startOf(process.pid) ?? 0 };
}

/** Whether a process of this machine runs. One that has ended and whose parent has not noticed yet does not. */
export function isRunning({ processId, startedTicks }: RankProcess): boolean {
  return startOf(processId) === startedTicks;
}

/** Whether there is a process with this number that has not ended. */
export function isAlive(processId: number): boolean {
  return startOf(processId) !== undefined;
}

function startOf(processId: number): number | undefined {
  try {
    const status = readFileSync(`/proc/${processId}/stat`, "utf8");
    const fields = status.slice(status.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? undefined : Number(fields[START_TIME_FIELD]);
  } catch {
    return undefined; // There is no such process.
  }
}
