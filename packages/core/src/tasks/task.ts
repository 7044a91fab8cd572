/** A fork goes its own way; a companion shares what two tasks of one run share. */
export type TaskKind = "fork" | "companion";

/** Something of the process that each task has for itself, such as tfjs' open scopes. */
export interface TaskPart<TValue> {
  /** For a task that begins. @param from the value of the one that starts it, which has been left */
  begin(from: TValue, kind: TaskKind): TValue;
  /** Puts into `value` what is in force. */
  leave(value: TValue): void;
  /** Puts in force what is in `value`. */
  enter(value: TValue): void;
}

/** One part with its values, of whichever type. */
interface AnyPart {
  begin(task: Task, from: Task, kind: TaskKind): void;
  leave(task: Task): void;
  enter(task: Task): void;
}

const parts: AnyPart[] = [];

/** Work that has its own tensor scopes, recording and random streams, although others take turns with it. */
export class Task {
  /** @param from where it begins; nothing for the root */
  constructor(from?: Task, kind: TaskKind = "fork") {
    if (from !== undefined) for (const part of parts) part.begin(this, from, kind);
  }
}

/** Whatever belongs to no run. */
export const ROOT = new Task();
let installed: Task = ROOT;

/** Gives each task its own value of a part. @param first the root's @returns the value of a task */
export function keepPerTask<TValue>(first: TValue, part: TaskPart<TValue>): (task: Task) => TValue {
  const values = new WeakMap<Task, TValue>([[ROOT, first]]);
  const valueOf = (task: Task): TValue => values.get(task) ?? first;
  parts.push({
    begin: (task, from, kind) => void values.set(task, part.begin(valueOf(from), kind)),
    leave: (task) => part.leave(valueOf(task)),
    enter: (task) => part.enter(valueOf(task)),
  });
  return valueOf;
}

/** The task whose parts are in force. */
export function installedTask(): Task {
  return installed;
}

/** Puts the parts of a task in force. */
export function install(task: Task): void {
  if (installed === task) return;
  for (const part of parts) part.leave(installed);
  installed = task;
  for (const part of parts) part.enter(task);
}

/** Does something with the parts of a task in force, at once. */
export function within<TResult>(task: Task, body: () => TResult): TResult {
  const before = installed;
  if (before === task) return body();
  install(task);
  try {
    return body();
  } finally {
    install(before);
  }
}

/** A new task that begins where the one in force stands. */
export function newTask(kind: TaskKind): Task {
  for (const part of parts) part.leave(installed);
  return new Task(installed, kind);
}
