import { refuseMore } from "../../errors/refuse-more.js";
import { requireModule } from "./require-module.js";
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

  constructor(modules: Readonly<Record<string, TModule>> = {}, ...more: readonly never[]) {
    super();
    refuseMore("nn.ModuleDict", more);
    this.update(modules);
  }

  get(name: string): TModule | undefined {
    return this.#modules.get(name);
  }

  set(name: string, module: TModule): this {
    requireModule("ModuleDict", module);
    this.#modules.set(name, this.registerModule(name, module));
    return this;
  }

  has(name: string): boolean {
    return this.#modules.has(name);
  }

  get length(): number {
    return this.#modules.size;
  }

  keys(): string[] {
    return [...this.#modules.keys()];
  }

  values(): TModule[] {
    return [...this.#modules.values()];
  }

  /** Adds modules, or puts them in the place of others of the same names. */
  update(modules: Readonly<Record<string, TModule>> | Iterable<readonly [name: string, module: TModule]>): this {
    const entries = Symbol.iterator in modules ? modules : Object.entries(modules);
    for (const [name, module] of entries) this.set(name, module);
    return this;
  }

  /** Takes a module out, and returns it. */
  pop(name: string): TModule | undefined {
    const module = this.#modules.get(name);
    if (this.#modules.delete(name)) this.registeredMembers.delete(name);
    return module;
  }

  clear(): void {
    for (const name of this.keys()) this.pop(name);
  }

  protected override replaceChild(name: string, child: Module, replacement: TModule): void {
    if (this.has(name)) this.set(name, replacement);
    else super.replaceChild(name, child, replacement);
  }

  [Symbol.iterator](): IterableIterator<[string, TModule]> {
    return this.#modules[Symbol.iterator]();
  }
}
