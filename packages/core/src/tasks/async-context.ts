import type { AsyncContext } from "../ports/async-context.js";
import { install, installedTask, ROOT, type Task } from "./task.js";

/** Code of a task, for as long as it runs: a call of the user's, or all that a run does. */
export class Flow {
  readonly task: Task;
  /** Who runs it. */
  readonly owner: object;
  /** What was started in it and is still under way afterwards belongs to nobody. */
  isLive = true;
  /** What the owner knows of it. */
  readonly about: unknown;

  constructor(task: Task, owner: object, about?: unknown) {
    this.task = task;
    this.owner = owner;
    this.about = about;
  }
}

let port: AsyncContext | undefined;
const listeners: (() => void)[] = [];
/** Whether the code on the stack may belong to another task than the one in force. */
let mustLook = false;
let runs = 0;
let slices = 0;

/** Says how asynchronous code is followed; undefined for not at all. The entry of a platform calls it. */
export function setAsyncContext(context: AsyncContext | undefined): void {
  port = context;
  if (context !== undefined) for (const listener of listeners.splice(0)) listener();
}

/** Calls `listener` once it is known how asynchronous code is followed. */
export function whenAsyncContextIsSet(listener: () => void): void {
  if (port === undefined) listeners.push(listener);
  else listener();
}

export function hasAsyncContext(): boolean {
  return port !== undefined;
}

/** Puts in force the task that the code on the stack belongs to. Nothing is done where it cannot be another one. */
export function lookForTask(): void {
  if (mustLook) install(currentFlow()?.task ?? ROOT);
}

/** The flow that the code on the stack belongs to, where it is known and not over. */
export function currentFlow(): Flow | undefined {
  const flow = port?.current();
  return flow instanceof Flow && flow.isLive ? flow : undefined;
}

/** The flow that the code on the stack was started in, also where that is over. */
export function originFlow(): Flow | undefined {
  const flow = port?.current();
  return flow instanceof Flow ? flow : undefined;
}

/** Runs `body`, and what it starts, as part of a flow. */
export function follow<TResult>(flow: Flow, body: () => TResult): TResult {
  return port === undefined ? body() : port.run(flow, body);
}

/** Runs what is the task's for certain, at once: nothing in it has to be looked up. */
export function inSlice<TResult>(task: Task, body: () => TResult): TResult {
  const outer = slices === 0 ? undefined : installedTask();
  install(task);
  slices += 1;
  mustLook = false;
  try {
    return body();
  } finally {
    slices -= 1;
    // The outermost slice leaves its task in force: most of the time the next code to run is its next slice.
    if (outer === undefined) mustLook = runs > 0;
    else install(outer);
  }
}

/** Runs that are under way. */
export function countRuns(): number {
  return runs;
}

/** A run begins that others may take turns with. */
export function beginRun(): void {
  runs += 1;
  if (slices === 0) mustLook = true;
}

export function endRun(): void {
  runs -= 1;
  if (slices > 0) return;
  lookForTask();
  mustLook = runs > 0;
  if (runs === 0) install(ROOT);
}
