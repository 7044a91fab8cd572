import { MisconfigurationError } from "@lightning-ts/core";
import { HookError } from "../../errors/hook-error.js";
import type { CompiledHook, HookTable } from "./compile-hooks.js";
import type { HookArguments, HookName } from "../../words/hook-arguments.js";
import { isPromiseLike } from "../door/is-promise-like.js";

/**
 * Calls hooks, one after another, and knows which one is running: `log` asks.
 * Call `run` only for lists that are not empty; checking the length first makes an unused hook free.
 */
export class HookRunner {
  readonly table: HookTable;
  /** Name of the hook that is running, if one is. */
  current: string | undefined;
  /** What the module's implementation of the last hook returned. */
  moduleResult: unknown;
  readonly #position: () => string;

  constructor(table: HookTable, position: () => string) {
    this.table = table;
    this.#position = position;
  }

  /** Calls all implementations in order. Returns a promise as soon as one of them does. */
  run<TName extends HookName>(name: TName, ...args: HookArguments[TName]): void | Promise<void> {
    this.moduleResult = undefined;
    return this.#runFrom(0, name, args);
  }

  #runFrom<TName extends HookName>(start: number, name: TName, args: HookArguments[TName]): void | Promise<void> {
    const list: readonly CompiledHook<TName>[] = this.table[name];
    for (let i = start; i < list.length; i += 1) {
      const hook = list[i];
      if (hook === undefined) continue;
      const outer = this.current;
      this.current = name;
      let result: unknown;
      try {
        result = hook.call(...args);
      } catch (error) {
        this.current = outer;
        throw this.failure(hook.owner, error);
      }
      if (isPromiseLike(result)) return this.#finish(result, outer, hook, i + 1, name, args);
      this.current = outer;
      if (hook.isModule) this.moduleResult = result;
    }
  }

  async #finish<TName extends HookName>(
    pending: PromiseLike<unknown>,
    outer: string | undefined,
    hook: CompiledHook<TName>,
    next: number,
    name: TName,
    args: HookArguments[TName],
  ): Promise<void> {
    try {
      const result = await pending;
      if (hook.isModule) this.moduleResult = result;
    } catch (error) {
      throw this.failure(hook.owner, error);
    } finally {
      this.current = outer;
    }
    await this.#runFrom(next, name, args);
  }

  /** Calls one method that is not in the table, under its name, and waits for it. */
  async call<TResult>(owner: string, name: string, body: () => TResult | PromiseLike<TResult>): Promise<TResult> {
    const outer = this.current;
    this.current = name;
    try {
      return await body();
    } catch (error) {
      throw this.failure(`${owner}.${name}`, error);
    } finally {
      this.current = outer;
    }
  }

  /** The error of a hook, with its owner and the position; errors that already say what to do stay as they are. */
  failure(owner: string, error: unknown, batch?: unknown): unknown {
    if (error instanceof HookError || error instanceof MisconfigurationError) return error;
    return new HookError({ hook: owner, position: this.#position(), cause: error, batch });
  }
}
