import {
  classNameOf,
  currentFlow,
  follow,
  hasAsyncContext,
  isPromiseLike,
  MisconfigurationError,
  originFlow,
  type RunTasks,
  StateDictError,
} from "@lightning-ts/core";
import type { CallTiming } from "./call-timing.js";
import { HookError } from "../errors/hook-error.js";
import type { UserCall } from "./user-call.js";
import type { Driver } from "./driver.js";
import { wait, waitForUser, type Steps } from "./steps.js";

export interface DoorOptions {
  readonly driver: Driver;
  /** Where the run is, for errors. */
  readonly position: () => string;
  /** The run's own. @default none: what is called belongs to whoever calls */
  readonly tasks?: RunTasks | undefined;
  /** Hears when calls begin and end. @default nobody */
  readonly timing?: CallTiming | undefined;
  /** What steps are called in: the run's precision. @default nothing */
  readonly aroundStep?: (<TResult>(step: () => TResult) => TResult) | undefined;
}

/** An object with a method of this name. */
type Having<TName extends string, TArguments extends readonly never[] = never[], TResult = unknown> = {
  readonly [TKey in TName]: (...args: TArguments) => TResult;
};
type Arguments<TOwner extends Having<TName>, TName extends string> = Parameters<TOwner[TName]>;
type Result<TOwner extends Having<TName>, TName extends string> = Awaited<ReturnType<TOwner[TName]>>;

/**
 * The one door into user code: whatever a run calls of a module, data module, callback or logger is called by `enter`.
 * It knows whose method runs, waits where that returned a promise, and says at which place of which run a failure came
 * from. Each run has a door of its own.
 */
export class Door {
  /**
   * The run whose user code is on the stack right now, behind an `await` of it too. Without an asynchronous context it
   * is known up to the first `await` only.
   */
  static get running(): Door | undefined {
    if (!hasAsyncContext()) return Door.#running;
    const owner = currentFlow()?.owner;
    return owner instanceof Door ? owner : undefined;
  }
  static #running: Door | undefined;

  readonly #driver: Driver;
  readonly #around: <TResult>(step: () => TResult) => TResult;
  readonly #position: () => string;
  readonly #reported = new WeakSet<HookError>();
  /** Calls whose batch has its scope detached. */
  readonly #putAside = new Set<UserCall>();
  readonly #tasks: RunTasks | undefined;
  readonly #timing: CallTiming | undefined;
  #current: UserCall | undefined;
  #inner: Promise<unknown> | undefined;

  constructor(options: DoorOptions) {
    this.#driver = options.driver;
    this.#position = options.position;
    this.#tasks = options.tasks;
    this.#timing = options.timing;
    this.#around = options.aroundStep ?? ((step) => step());
  }

  /** The name of the method that is running, if one is: `log` asks. */
  get hook(): string | undefined {
    return this.#current?.method;
  }

  /** The call of this door that the code on the stack was started in, also where that call is over. */
  startedIn(): string | undefined {
    const flow = originFlow();
    if (flow?.owner !== this || !isUserCall(flow.about)) return undefined;
    return `${classNameOf(flow.about.owner)}.${flow.about.method}`;
  }

  /** Calls a method by its name. */
  call<TName extends string, TOwner extends Having<TName>>(
    owner: TOwner,
    method: TName,
    ...args: Arguments<TOwner, TName>
  ): Steps<Result<TOwner, TName>>;
  call<TName extends string, TArguments extends readonly never[]>(
    owner: Having<TName, TArguments>,
    method: TName,
    ...args: TArguments
  ): Steps<unknown> {
    return this.enter({ owner, method }, () => owner[method](...args));
  }

  /** Calls a method that works on a batch: a failure shows what the batch looked like. */
  callOn<TName extends string, TOwner extends Having<TName>>(
    batch: unknown,
    owner: TOwner,
    method: TName,
    ...args: Arguments<TOwner, TName>
  ): Steps<Result<TOwner, TName>>;
  callOn<TName extends string, TArguments extends readonly never[]>(
    batch: unknown,
    owner: Having<TName, TArguments>,
    method: TName,
    ...args: TArguments
  ): Steps<unknown> {
    return this.enter({ owner, method, batch }, () => owner[method](...args));
  }

  /** Calls a step of the module; its first argument is the batch. */
  step<TName extends string, TOwner extends Having<TName>>(
    owner: TOwner,
    method: TName,
    ...args: Arguments<TOwner, TName>
  ): Steps<Result<TOwner, TName>>;
  step<TName extends string, TArguments extends readonly never[]>(
    owner: Having<TName, TArguments>,
    method: TName,
    ...args: TArguments
  ): Steps<unknown> {
    const [batch] = args;
    return this.enter({ owner, method, batch }, () => this.#around(() => owner[method](...args)));
  }

  /** Calls the user's code: all of the above, and the lists of hooks, come through here. */
  *enter<TResult>(call: UserCall, body: () => TResult | PromiseLike<TResult>): Steps<TResult> {
    const outer = this.#current;
    this.#current = call;
    const flow = this.#tasks?.openCall(this, call);
    const timed = this.#timing?.beginCall(call);
    try {
      const result = flow === undefined ? this.#onStack(body) : follow(flow, () => startedHere(this.#onStack(body)));
      return isPromiseLike(result) ? yield* waitForUser(result) : result;
    } catch (error) {
      throw this.#failure(call, error);
    } finally {
      if (timed !== undefined) this.#timing?.end(timed);
      if (flow !== undefined) flow.isLive = false;
      if (this.#inner !== undefined) yield* this.#waitForInner();
      if (this.#putAside.size > 0 && this.#putAside.delete(call)) this.#driver.scope?.attachToEngine();
      this.#current = outer;
    }
  }

  /**
   * Does something that is no part of the batch, for a hook that waits for it: the scope of the batch is detached until
   * it is done, or until the hook ends without having waited.
   */
  async aside<TResult>(work: () => Promise<TResult>): Promise<TResult> {
    const call = this.#current;
    const { scope } = this.#driver;
    if (call === undefined || scope === undefined || !scope.isAttached) return work();
    scope.detachFromEngine();
    this.#putAside.add(call);
    try {
      return await work();
    } finally {
      if (this.#putAside.delete(call)) scope.attachToEngine();
    }
  }

  /** `aside`, for a run of the same Trainer: this one waits for it, also where the hook does not. */
  enclose<TResult>(run: () => Promise<TResult>): Promise<TResult> {
    const running = this.aside(run);
    const settled = running.then(
      () => undefined,
      () => undefined,
    );
    this.#inner = this.#inner === undefined ? settled : Promise.all([this.#inner, settled]);
    return running;
  }

  #onStack<TResult>(body: () => TResult): TResult {
    const outer = Door.#running;
    Door.#running = this;
    try {
      return body();
    } finally {
      Door.#running = outer;
    }
  }

  *#waitForInner(): Steps<void> {
    const inner = this.#inner;
    this.#inner = undefined;
    yield* wait(inner);
  }

  /** Names the method and the position; errors that already say what to do stay as they are. */
  #failure({ owner, method, batch }: UserCall, error: unknown): unknown {
    if (error instanceof MisconfigurationError || error instanceof StateDictError) return error;
    if (error instanceof HookError && this.#reported.has(error)) return error;
    const hook = `${classNameOf(owner)}.${method}`;
    const failure = new HookError({ hook, position: this.#position(), cause: error, batch });
    this.#reported.add(failure);
    return failure;
  }
}

function isUserCall(value: unknown): value is UserCall {
  return typeof value === "object" && value !== null && "owner" in value && "method" in value;
}

/** A thenable that begins its work when it is waited for does so in the asynchronous context of the call. */
function startedHere<TResult>(result: TResult | PromiseLike<TResult>): TResult | PromiseLike<TResult> {
  return isPromiseLike(result) && !(result instanceof Promise) ? Promise.resolve(result) : result;
}
