import { Module } from "../module.js";

/**
 * Child modules by name.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const heads = new nn.ModuleDict({ digits: new nn.Linear(16, 10), parity: new nn.Linear(16, 2) });
 * console.log(heads.get("parity")?.forward(tf.zeros([1, 16])).shape); // [1, 2]
 * ```
 */
export class ModuleDict<TModule extends Module = Module> extends Module {
  readonly #modules = new Map<string, TModule>();

  constructor(modules: Readonly<Record<string, TModule>> = {}) {
    super();
    for (const [name, module] of Object.entries(modules)) this.set(name, module);
  }

  get(name: string): TModule | undefined {
    return this.#modules.get(name);
  }

  set(name: string, module: TModule): this {
    this.#modules.set(name, this.registerModule(name, module));
    return this;
  }

  has(name: string): boolean {
    return this.#modules.has(name);
  }

  keys(): string[] {
    return [...this.#modules.keys()];
  }

  [Symbol.iterator](): IterableIterator<[string, TModule]> {
    return this.#modules[Symbol.iterator]();
  }
}
