import { Module } from "../module.js";

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
