import { giveBackStreams } from "../random/random-stream.js";
import { beginRun, endRun, follow, Flow, hasAsyncContext, inSlice, lookForTask } from "../tasks/async-context.js";
import { installedTask, newTask, within, type Task } from "../tasks/task.js";

/**
 * What a run, and what it calls, has for itself: tensor scopes, recording and random streams. Two tasks share the
 * streams: the user's calls and the loop make their tensors in the foreground, where the scope of a batch is; what goes
 * on besides, such as a loader that reads ahead, makes them in the background, where none is. Without an asynchronous
 * context everything is one task.
 */
export class RunTasks {
  readonly #parent: Task;
  readonly #foreground: Task;
  readonly #background: Flow;
  #hasEnded = false;

  /** @param owner who runs, for `currentFlow` */
  constructor(owner: object) {
    lookForTask();
    this.#parent = installedTask();
    this.#foreground = hasAsyncContext() ? newTask("fork") : this.#parent;
    const background = hasAsyncContext() ? within(this.#foreground, () => newTask("companion")) : this.#parent;
    this.#background = new Flow(background, owner);
    beginRun();
  }

  /** Runs all of a run. */
  follow<TResult>(body: () => TResult): TResult {
    return follow(this.#background, body);
  }

  /** Runs a part of it that waits for nothing. */
  slice<TResult>(body: () => TResult): TResult {
    return this.#hasEnded ? body() : inSlice(this.#foreground, body);
  }

  /** A call of the user's code: `follow` it, and set `isLive` to false when it is over. */
  openCall(owner: object, about?: unknown): Flow {
    return new Flow(this.#hasEnded ? this.#parent : this.#foreground, owner, about);
  }

  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#background.isLive = false;
    if (this.#foreground !== this.#parent) giveBackStreams(this.#foreground, this.#parent);
    endRun();
  }
}
