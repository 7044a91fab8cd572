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

/** A tuple; `torch.Size` is one too. */
export class PyTuple {
  readonly items: readonly TorchValue[];
  readonly class: string;

  constructor(items: readonly TorchValue[], className = "tuple") {
    this.items = items;
    this.class = className;
  }
}

/** A set or a frozenset. */
export class PySet {
  readonly items: TorchValue[];
  readonly class: "set" | "frozenset";

  constructor(items: TorchValue[], className: "set" | "frozenset" = "set") {
    this.items = items;
    this.class = className;
  }
}

/** A dict, an `OrderedDict`, or another class that is one. */
export class PyDict extends Map<TorchValue, TorchValue> {
  readonly class: string;
  /** What stands beside the entries, such as `_metadata` of a state dict. */
  attributes: TorchValue | undefined;

  constructor(entries: Iterable<readonly [TorchValue, TorchValue]> = [], className = "dict") {
    super(entries);
    this.class = className;
  }
}

/** A class or a function by its name, such as `torch.float32`. Nothing is imported, nothing is called. */
export class PyGlobal {
  readonly class: string;

  constructor(className: string) {
    this.class = className;
  }
}

/**
 * An object of a class that means nothing here: its class's name, and what the file says it is made of. Nothing is
 * constructed.
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
