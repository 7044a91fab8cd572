import { refuseMore } from "../../errors/refuse-more.js";
import { classNameOf } from "../../errors/class-name.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { requireModule } from "./require-module.js";
import { Module } from "../module.js";
import { joinRepeated, type ChildText } from "../module-text.js";

/**
 * Child modules in a list; keys begin with 0, 1, ….
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * class Stack extends nn.Module {
 *   readonly layers = new nn.ModuleList([new nn.Linear(4, 4), new nn.Linear(4, 4)]);
 *
 *   override forward(x: tf.Tensor): tf.Tensor {
 *     let y = x;
 *     for (const layer of this.layers) y = y.add(layer.forward(y));
 *     return y;
 *   }
 * }
 * console.log(new Stack().forward(tf.zeros([2, 4])).shape); // [2, 4]
 * ```
 */
export class ModuleList<TModule extends Module = Module> extends Module {
  readonly #modules: TModule[] = [];
  /** Names that were given; a module without one is called by its position. */
  readonly #names: (string | undefined)[] = [];

  constructor(modules: Iterable<TModule> = [], ...more: readonly never[]) {
    super();
    refuseMore("nn.ModuleList", more);
    for (const module of modules) this.append(module);
  }

  get length(): number {
    return this.#modules.length;
  }

  /** The module at a position; negative ones count from the end. */
  at(index: number): TModule | undefined {
    return this.#modules.at(index);
  }

  /** A list of the same modules from `start` up to, but not including, `end`; negative ones count from the end. */
  slice(start?: number, end?: number): ModuleList<TModule> {
    return new ModuleList(this.#modules.slice(start, end));
  }

  append(module: TModule): this {
    return this.appendAs(undefined, module);
  }

  extend(modules: Iterable<TModule>): this {
    // A copy: a list may be extended by itself.
    for (const module of [...modules]) this.append(module);
    return this;
  }

  /**
   * Puts a module before the one at `index`, which may be the list's length.
   * @throws MisconfigurationError where the list has no such position
   */
  insert(index: number, module: TModule): this {
    return this.#splice(this.#position(index, this.#modules.length), 0, module);
  }

  /** Puts a module in the place of another. @throws MisconfigurationError where the list has no such position */
  set(index: number, module: TModule): this {
    return this.#exchange(this.#position(index), module);
  }

  /** Takes a module out, and returns it. @throws MisconfigurationError where the list has no such position */
  pop(index = -1): TModule {
    const position = this.#position(index);
    const module = this.#modules[position];
    if (module === undefined) throw new RangeError("A position of a list has a module.");
    this.#splice(position, 1);
    return module;
  }

  [Symbol.iterator](): IterableIterator<TModule> {
    return this.#modules[Symbol.iterator]();
  }

  /** Adds a module whose keys begin with a name of its own, or with its position where there is none. */
  protected appendAs(name: string | undefined, module: TModule): this {
    requireModule(classNameOf(this), module);
    this.registerModule(name ?? String(this.#modules.length), module);
    this.#modules.push(module);
    this.#names.push(name);
    return this;
  }

  /** The name that the module at a position was given. */
  protected givenName(index: number): string | undefined {
    return this.#names[index];
  }

  protected override replaceChild(name: string, child: Module, replacement: TModule): void {
    const index = this.#modules.findIndex((module, at) => module === child && this.#nameOf(at) === name);
    if (index >= 0) this.#exchange(index, replacement);
    else super.replaceChild(name, child, replacement);
  }

  protected override childTexts(): ChildText[] {
    return joinRepeated(super.childTexts());
  }

  #nameOf(index: number): string {
    return this.#names[index] ?? String(index);
  }

  /** The new module keeps the name. */
  #exchange(index: number, module: TModule): this {
    this.#modules[index] = module;
    this.registerModule(this.#nameOf(index), module);
    return this;
  }

  /** Modules behind the change have other numbers afterwards; names that were given stay. */
  #splice(position: number, count: number, ...added: TModule[]): this {
    for (const index of this.#modules.keys()) this.registeredMembers.delete(this.#nameOf(index));
    this.#modules.splice(position, count, ...added);
    this.#names.splice(position, count, ...added.map(() => undefined));
    for (const [index, module] of this.#modules.entries()) this.registerModule(this.#nameOf(index), module);
    return this;
  }

  /** @param last the largest position that counts. @default that of the last module */
  #position(index: number, last = this.#modules.length - 1): number {
    const position = index < 0 ? index + this.#modules.length : index;
    if (Number.isInteger(position) && position >= 0 && position <= last) return position;
    const { length } = this.#modules;
    throw new MisconfigurationError({
      message: "The list has no such position.",
      expected: last < 0 ? "a list with modules" : `an integer from ${-length} to ${last}`,
      received: String(index),
    });
  }
}
