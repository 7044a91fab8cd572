import { classNameOf, isPromiseLike, MisconfigurationError } from "@lightning-ts/core";
import type { Messages } from "../messages/messages.js";
import { isMethod, memberOf } from "../wrappers/method-of.js";

/** The callbacks of a Fabric: plain objects; a hook is any method that somebody calls by name. */
export class CallbackList {
  readonly #callbacks: object[];
  readonly #messages: Messages;

  constructor(callbacks: object | readonly object[], messages: Messages) {
    this.#callbacks = Array.isArray(callbacks) ? [...callbacks] : [callbacks];
    this.#messages = messages;
    for (const callback of this.#callbacks) {
      if (typeof callback !== "object" || callback === null)
        throw new MisconfigurationError({ message: "A callback must be an object.", received: String(callback) });
    }
  }

  get list(): readonly object[] {
    return this.#callbacks;
  }

  add(callback: object): void {
    if (!this.#callbacks.includes(callback)) this.#callbacks.push(callback);
  }

  /** Calls the hook on every callback that has it. @returns promises of those that are asynchronous */
  call(hook: string, args: readonly unknown[]): Promise<unknown>[] {
    const pending: Promise<unknown>[] = [];
    for (const callback of this.#callbacks) {
      const method = memberOf(callback, hook);
      if (method === undefined) continue;
      if (!isMethod(method)) {
        const what = `${classNameOf(callback)}.${hook}`;
        this.#messages.warn(`no method ${what}`, `Fabric: ${what} is no method, so it is not called.`);
        continue;
      }
      const result = method.apply(callback, [...args]);
      if (isPromiseLike(result)) pending.push(Promise.resolve(result));
    }
    return pending;
  }
}
