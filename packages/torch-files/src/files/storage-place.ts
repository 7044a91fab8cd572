import { PyObject } from "../values/py-values.js";
import type { TorchDtype } from "../values/torch-dtypes.js";
import type { TorchStorage } from "../values/torch-tensor.js";

/** A storage that a pickle refers to. */
export class StoragePlace extends PyObject {
  readonly storage: TorchStorage;
  /** Undefined for a class of storages whose values cannot be read. */
  readonly dtype: TorchDtype | undefined;

  constructor(className: string, storage: TorchStorage, dtype: TorchDtype | undefined) {
    super(className, []);
    this.storage = storage;
    this.dtype = dtype;
  }
}
