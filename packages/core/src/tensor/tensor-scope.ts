import type { Tensor } from "@tensorflow/tfjs-core";
import { ForeignScopeError } from "../errors/foreign-scope-error.js";
import { lookForTask } from "../tasks/async-context.js";
import { installedTask, keepPerTask, within, type Task } from "../tasks/task.js";
import { tensorsIn } from "../tree/tree.js";
import {
  newScopeRecord,
  pushScopeRecord,
  removeScopeRecord,
  scopeAbove,
  type ScopeRecord,
} from "./engine-internals/scope-stack.js";
import { nextNodeId } from "./engine-internals/tape.js";
import { dropUnreachable } from "./drop-unreachable.js";
import { freeTape } from "./free-tape.js";
import { RecordingFrame } from "./recording.js";

export interface TensorScopeOptions {
  /** Whether what is computed in the scope is recorded for gradients. @default true; inside `noGrad` never */
  readonly tape?: boolean | undefined;
  /** Shown in errors. @default "tensorScope" */
  readonly name?: string | undefined;
}

/**
 * Owns every tensor that is made while it is attached, and the gradients' tape. Closed by identity: scopes of tasks
 * that take turns may close in any order. A scope inside another one records onto the same tape.
 * @example
 * ```ts
 * import { tensorScope, tf } from "@lightning-ts/core";
 *
 * const scope = tensorScope();
 * const norm = scope.keep(tf.ones([3]).square().sum().sqrt()); // only the square root outlives the scope
 * scope.close();
 * console.log(norm.dataSync());
 * norm.dispose();
 * ```
 */
export class TensorScope implements Disposable {
  readonly name: string;
  readonly #record: ScopeRecord;
  readonly #recording: RecordingFrame;
  readonly #task: Task;
  /** What is recorded from here on may be the scope's. */
  readonly #firstNode = nextNodeId();
  #isClosed = false;

  constructor(options: TensorScopeOptions = {}) {
    lookForTask();
    this.#task = installedTask();
    this.name = options.name ?? "tensorScope";
    this.#record = newScopeRecord(this.name);
    this.#recording = new RecordingFrame({ isOn: options.tape === false ? false : "inherit" });
    this.attachToEngine();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get isAttached(): boolean {
    return within(this.#task, () => openScopes.includes(this));
  }

  /** Moves every tensor in `value` (any nesting) out of the scope: it lives until it is disposed. Returns `value`. */
  keep<TValue>(value: TValue): TValue {
    for (const tensor of tensorsIn(value)) tensor.kept = true;
    return value;
  }

  /**
   * Takes every tensor in `value` that was kept out of another scope into its care: it is freed when this one closes.
   * Returns `value`.
   */
  adopt<TValue>(value: TValue): TValue {
    for (const tensor of tensorsIn(value)) {
      tensor.kept = false;
      this.#record.track.push(tensor);
    }
    return value;
  }

  /** Takes the scope and its tape out of tfjs' global state, so that other tasks' tensors are not theirs. */
  detachFromEngine(): void {
    within(this.#task, () => this.#detach());
  }

  #detach(): void {
    const index = openScopes.lastIndexOf(this);
    if (index < 0) return;
    openScopes.splice(index, 1);
    this.#recording.detach();
    removeScopeRecord(this.#record);
  }

  /** Makes the scope the innermost one again. */
  attachToEngine(): void {
    if (!this.#isClosed) within(this.#task, () => this.#attach());
  }

  #attach(): void {
    if (openScopes.includes(this)) return;
    openScopes.push(this);
    this.#recording.attach();
    pushScopeRecord(this.#record);
  }

  /**
   * Checks that nobody left a scope open on top of this one.
   * @param where what just ran, e.g. `"trainingStep of LitMnist"`
   * @throws ForeignScopeError
   */
  assertInnermost(where: string): void {
    if (this.#isClosed || !this.isAttached) return;
    const above = within(this.#task, () => scopeAbove(this.#record));
    if (above !== undefined) throw new ForeignScopeError({ where, scope: above });
  }

  /** Closes the scopes that stand on top of this one, from the innermost on, as long as `mayClose` says so. */
  closeInner(mayClose: (scope: TensorScope) => boolean): void {
    within(this.#task, () => {
      if (!openScopes.includes(this)) return;
      for (let inner = openScopes.at(-1); inner !== undefined && inner !== this; inner = openScopes.at(-1)) {
        if (!mayClose(inner)) return;
        inner.close();
      }
    });
  }

  /**
   * Frees every tensor of the scope that was not kept, and the tape; of the tape of a scope around it, what leads to no
   * living tensor any more. Closing twice is harmless.
   */
  close(): void {
    if (this.#isClosed) return;
    this.detachFromEngine();
    this.#isClosed = true;
    if (this.#recording.ownsTape) freeTape(this.#recording.tape);
    disposeAll(this.#record.track);
    this.#record.track.length = 0;
    if (this.#recording.sharesTape && nextNodeId() > this.#firstNode)
      dropUnreachable(this.#recording.tape, this.#firstNode);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Attached scopes, innermost last. */
let openScopes: TensorScope[] = [];
keepPerTask(
  { openScopes },
  {
    begin: () => ({ openScopes: [] }),
    leave: (value) => void Object.assign(value, { openScopes }),
    enter: (value) => void ({ openScopes } = value),
  },
);

function disposeAll(tensors: readonly Tensor[]): void {
  for (const tensor of tensors) if (!tensor.kept) tensor.dispose();
}

/** Opens a scope: `using scope = tensorScope();` frees every tensor made below, except `scope.keep(x)`. */
export function tensorScope(options: TensorScopeOptions = {}): TensorScope {
  return new TensorScope(options);
}

/** The innermost attached scope. */
export function currentScope(): TensorScope | undefined {
  lookForTask();
  return openScopes.at(-1);
}

/**
 * Waits for a promise with the scope detached, so that whatever runs meanwhile neither lands on its tape nor is freed
 * by it.
 */
export async function awaitOutside<TResult>(scope: TensorScope, promise: PromiseLike<TResult>): Promise<TResult> {
  scope.detachFromEngine();
  try {
    return await promise;
  } finally {
    scope.attachToEngine();
  }
}

/** Waits for our own work with the open scope detached, so that other tasks' tensors are not taken for the batch's. */
export function outsideScope<TResult>(work: Promise<TResult>): Promise<TResult>;
export function outsideScope<TResult>(work: PromiseLike<TResult>): PromiseLike<TResult>;
export function outsideScope<TResult>(work: PromiseLike<TResult>): PromiseLike<TResult> {
  const scope = currentScope();
  return scope === undefined ? work : awaitOutside(scope, work);
}
