import { Module } from "../module.js";

/** Child modules in a list; keys begin with 0, 1, …. */
export class ModuleList<TModule extends Module = Module> extends Module {
  readonly #modules: TModule[] = [];

  constructor(modules: Iterable<TModule> = []) {
    super();
    for (const module of modules) this.append(module);
  }

  get length(): number {
    return this.#modules.length;
  }

  /** The module at a position; negative ones count from the end. */
  at(index: number): TModule | undefined {
    return this.#modules.at(index);
  }

  append(module: TModule): this {
    this.registerModule(String(this.#modules.length), module);
    this.#modules.push(module);
    return this;
  }

  [Symbol.iterator](): IterableIterator<TModule> {
    return this.#modules[Symbol.iterator]();
  }
}
