import type { TorchTensor } from "./torch-tensor.js";

/**
 * A value of Python as data. None is null; an integer is a number, or a bigint beyond 2^53; a float is a number; bytes
 * are a `Uint8Array`; a list is an array.
 */
export type TorchValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | TorchValue[]
  | PyTuple
  | PySet
  | PyDict
  | PyGlobal
  | PyObject
  | TorchTensor;

/**
 * A tuple; `torch.Size` is one too.
 * @example
 * ```ts
 * import { PyTuple, readTorchFile, writeTorchFile } from "@lightning-ts/torch-files";
 *
 * const { value } = readTorchFile(writeTorchFile(new PyTuple([1, "two"])));
 * console.log(value instanceof PyTuple && value.items); // [1, "two"]
 * ```
 */
export class PyTuple {
  readonly items: readonly TorchValue[];
  readonly class: string;

  constructor(items: readonly TorchValue[], className = "tuple") {
    this.items = items;
    this.class = className;
  }
}

/**
 * A set or a frozenset.
 * @example
 * ```ts
 * import { PySet, toPlain } from "@lightning-ts/torch-files";
 *
 * console.log(toPlain(new PySet(["a", "b"]))); // ["a", "b"]
 * ```
 */
export class PySet {
  readonly items: TorchValue[];
  readonly class: "set" | "frozenset";

  constructor(items: TorchValue[], className: "set" | "frozenset" = "set") {
    this.items = items;
    this.class = className;
  }
}

/**
 * A dict, an `OrderedDict`, or another class that is one.
 * @example
 * ```ts
 * import { PyDict, readTorchFile, writeTorchFile } from "@lightning-ts/torch-files";
 *
 * const { value } = readTorchFile(writeTorchFile({ epoch: 3 }));
 * console.log(value instanceof PyDict && value.get("epoch")); // 3
 * ```
 */
export class PyDict extends Map<TorchValue, TorchValue> {
  readonly class: string;
  /** What stands beside the entries, such as `_metadata` of a state dict. */
  attributes: TorchValue | undefined;

  constructor(entries: Iterable<readonly [TorchValue, TorchValue]> = [], className = "dict") {
    super(entries);
    this.class = className;
  }
}

/**
 * A class or a function by its name, such as `torch.float32`. Nothing is imported, nothing is called.
 * @example
 * ```ts
 * import { PyGlobal } from "@lightning-ts/torch-files";
 *
 * console.log(new PyGlobal("torch.float32").class); // torch.float32
 * ```
 */
export class PyGlobal {
  readonly class: string;

  constructor(className: string) {
    this.class = className;
  }
}

/**
 * An object of a class that means nothing here: its class's name, and what the file says it is made of. Nothing is
 * constructed.
 * @example
 * ```ts
 * import { PyObject } from "@lightning-ts/torch-files";
 *
 * const found = new PyObject("my_project.Config", [3]); // as readTorchFile gives it
 * console.log(found.class, found.args); // my_project.Config [3]
 * ```
 */
export class PyObject {
  readonly class: string;
  readonly args: readonly TorchValue[];
  /** What `__setstate__` would get, or the object's attributes. */
  state: TorchValue | undefined;
  /** Where the class is a list. */
  readonly items: TorchValue[] = [];
  /** Where the class is a dict. */
  readonly entries = new Map<TorchValue, TorchValue>();

  constructor(className: string, args: readonly TorchValue[]) {
    this.class = className;
    this.args = args;
  }
}
