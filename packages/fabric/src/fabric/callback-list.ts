import { MisconfigurationError, type Terminal } from "@lightning-ts/core";

/** The callbacks of a Fabric: plain objects; a hook is any method that somebody calls by name. */
export class CallbackList {
  readonly #callbacks: object[];
  readonly #terminal: Pick<Terminal, "warn">;

  constructor(callbacks: object | readonly object[], terminal: Pick<Terminal, "warn">) {
    this.#callbacks = Array.isArray(callbacks) ? [...callbacks] : [callbacks];
    this.#terminal = terminal;
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
      const method: unknown = Reflect.get(callback, hook, callback);
      if (method === undefined) continue;
      if (typeof method !== "function") {
        this.#terminal.warn(`Fabric: ${callback.constructor.name}.${hook} is no method, so it is not called.`);
        continue;
      }
      const result: unknown = Reflect.apply(method, callback, args);
      if (result instanceof Promise) pending.push(result);
    }
    return pending;
  }
}
