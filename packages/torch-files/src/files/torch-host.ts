import { quote } from "../errors/quote.js";
import type { PickleHost } from "../pickle/pickle-host.js";
import { damagedPickle } from "../pickle/pickle-error.js";
import { PyDict, PyObject, type PyTuple, type TorchValue } from "../values/py-values.js";
import type { MemoryBudget } from "../values/memory-budget.js";
import { knownCall } from "./known-calls.js";
import { StoragePlace } from "./storage-place.js";
import type { TorchStorages } from "./torch-storages.js";

/** Classes that are dicts, and are nothing more for a reader. */
const DICTS =
  /^(?:collections\.(?:OrderedDict|defaultdict)|(?:lightning|lightning_fabric|pytorch_lightning)\.[\w.]*\.AttributeDict)$/;

/** Classes whose objects stay what they are made of, and are understood so. */
const UNDERSTOOD = ["torch.device", "numpy.dtype", "builtins.complex", "__builtin__.complex"];

/** Gives names their meaning: tensors, dicts, sets. A name that means nothing stays a name with its arguments. */
export class TorchHost implements PickleHost {
  readonly unknownClasses = new Set<string>();
  readonly #storages: TorchStorages;
  readonly #objects: MemoryBudget;
  readonly #tensors: MemoryBudget;
  #depth = 0;

  constructor(storages: TorchStorages, budgets: { readonly objects: MemoryBudget; readonly tensors: MemoryBudget }) {
    this.#storages = storages;
    this.#objects = budgets.objects;
    this.#tensors = budgets.tensors;
  }

  reduce(className: string, args: PyTuple): TorchValue {
    const known = knownCall(className);
    if (known === undefined) return this.#opaque(className, args);
    this.#depth += 1;
    if (this.#depth > 8) throw damagedPickle(`calls of ${quote(className)} lead to one another`);
    const value = known(args.items, {
      objects: this.#objects,
      tensors: this.#tensors,
      reduce: (name, inner) => this.reduce(name, inner),
    });
    this.#depth -= 1;
    return value;
  }

  construct(className: string, args: PyTuple): TorchValue {
    return DICTS.test(className) ? new PyDict([], className) : this.#opaque(className, args);
  }

  build(target: TorchValue, state: TorchValue): void {
    if (target instanceof PyDict) target.attributes = state;
    else if (target instanceof PyObject && !(target instanceof StoragePlace) && target.state === undefined)
      target.state = state;
    else throw damagedPickle("it gives a state to something that has none");
  }

  persistent(id: TorchValue): TorchValue {
    return this.#storages.find(id);
  }

  #opaque(className: string, args: PyTuple): PyObject {
    if (!UNDERSTOOD.includes(className)) this.unknownClasses.add(className);
    return new PyObject(className, args.items);
  }
}
