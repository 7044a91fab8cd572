import { classNameOf } from "../../../errors/class-name.js";
import { Module } from "../../module.js";
import { ModuleDict } from "../../containers/module-dict.js";
import { defineField } from "./computed-field.js";

/** What a parametrization remembers; prints the name that PyTorch's class has. */
class Parametrization extends Module {
  readonly #name: string;

  constructor(name: string) {
    super();
    this.#name = name;
  }

  override toString(): string {
    return `${this.#name}()`;
  }
}

/** The learned parts of a computed parameter, and how they become it. */
class ParametrizationList extends Module {
  readonly own: Parametrization;

  constructor(name: string) {
    super();
    this.own = this.registerModule("0", new Parametrization(name));
  }
}

/**
 * The tensors that PyTorch keeps under `parametrizations.<name>`, and their module `0`. The module's class is called
 * `Parametrized…` from then on.
 * @param kind the name of PyTorch's class that computes the parameter
 */
export function parametrizationsOf(
  module: Module,
  name: string,
  kind: "_WeightNorm" | "_SpectralNorm",
): { readonly originals: Module; readonly own: Module } {
  const known: unknown = Reflect.get(module, "parametrizations");
  const all = known instanceof ModuleDict ? known : new ModuleDict();
  if (all !== known) {
    defineField(module, "parametrizations", all);
    renameClass(module);
  }
  const originals = new ParametrizationList(kind);
  all.set(name, originals);
  return { originals, own: originals.own };
}

/** Prototypes of parametrized modules, by those of the modules. */
const renamed = new WeakMap<object, object>();

/** Gives a module the name `Parametrized…` in place of its class's; it stays an instance of the class. */
function renameClass(module: Module): void {
  const prototype: object = Object.getPrototypeOf(module);
  const known = renamed.get(prototype) ?? Object.create(prototype, { constructor: { value: named(module) } });
  renamed.set(prototype, known);
  Object.setPrototypeOf(module, known);
}

function named(module: Module): object {
  return Object.defineProperty(() => {}, "name", { value: `Parametrized${classNameOf(module)}` });
}
