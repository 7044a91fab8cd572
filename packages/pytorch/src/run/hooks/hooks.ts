import type { Door } from "../../door/door.js";
import { wait, type Steps } from "../../door/steps.js";
import type { HookArguments, HookName } from "../../words/hook-arguments.js";
import type { CompiledHook, HookTable } from "./compile-hooks.js";

/** Calls hooks: the callbacks' and the module's, in their order. */
export class Hooks {
  readonly #table: HookTable;
  readonly #door: Door;
  readonly #afterEachOfEpochEnd: () => Steps<void>;

  /**
   * @param afterEachOfEpochEnd computes what one implementation of an epoch's end has logged, before the next one looks
   */
  constructor(table: HookTable, door: Door, afterEachOfEpochEnd: () => Steps<void> = () => wait(undefined)) {
    this.#table = table;
    this.#door = door;
    this.#afterEachOfEpochEnd = afterEachOfEpochEnd;
  }

  /** Calls all implementations of a hook. @returns what the module's returned */
  run<TName extends HookName>(name: TName, ...args: HookArguments[TName]): Steps<unknown> {
    const list = this.#table[name];
    return list.length === 0 ? NOBODY : this.#callAll(name, list, args);
  }

  /** Calls all implementations of a hook, also when some of them fail. @returns what they threw */
  *runAll<TName extends HookName>(name: TName, ...args: HookArguments[TName]): Steps<unknown[]> {
    const failures: unknown[] = [];
    const list: readonly CompiledHook<TName>[] = this.#table[name];
    for (const hook of list) {
      try {
        yield* this.#callAll(name, [hook], args);
      } catch (failure) {
        failures.push(failure);
      }
    }
    return failures;
  }

  *#callAll<TName extends HookName>(
    name: TName,
    list: readonly CompiledHook<TName>[],
    args: HookArguments[TName],
  ): Steps<unknown> {
    let ofModule: unknown;
    for (const hook of list) {
      const result = yield* this.#door.enter({ owner: hook.owner, method: name }, () => hook.call(...args));
      if (hook.isModule) ofModule = result;
      if (EPOCH_ENDS.has(name)) yield* this.#afterEachOfEpochEnd();
    }
    return ofModule;
  }
}

const EPOCH_ENDS = new Set<HookName>(["onTrainEpochEnd", "onValidationEpochEnd", "onTestEpochEnd"]);

/**
 * The steps of a hook that nobody implements, as is the case for most: a generator that has ended already, so that one
 * object serves all calls.
 */
const NOBODY = wait(undefined);
NOBODY.next();
