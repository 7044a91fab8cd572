import type { PyTuple, TorchValue } from "../values/py-values.js";

/** What a pickle asks of the file that it is in. Nothing of it runs anything. */
export interface PickleHost {
  /** The value that a call of this class or function stands for. */
  reduce(className: string, args: PyTuple): TorchValue;
  /** The object of this class, before it has a state. */
  construct(className: string, args: PyTuple): TorchValue;
  /** Gives an object what its `__setstate__` would get. */
  build(target: TorchValue, state: TorchValue): void;
  /** What lies outside of the pickle: a storage. */
  persistent(id: TorchValue): TorchValue;
}
