import { quote } from "../errors/quote.js";
import { damagedPickle } from "../pickle/pickle-error.js";
import { PyGlobal, PyTuple, type TorchValue } from "../values/py-values.js";
import { dtypeOfStorage, factsOf } from "../values/torch-dtypes.js";
import type { TorchStorage } from "../values/torch-tensor.js";
import type { ZipArchive } from "../zip/zip-archive.js";
import { StoragePlace } from "./storage-place.js";

const STORAGE_CLASS = /^torch\.(?:cuda\.|storage\.)?(\w+Storage)$/;

/** The storages of a file, each read once. */
export class TorchStorages {
  readonly #archive: ZipArchive;
  readonly #folder: string;
  readonly #byteOrder: "little" | "big";
  readonly #read = new Map<string, TorchStorage>();

  constructor(archive: ZipArchive, folder: string, byteOrder: "little" | "big") {
    this.#archive = archive;
    this.#folder = folder;
    this.#byteOrder = byteOrder;
  }

  /** @param id as PyTorch writes it: "storage", class, key, device, number of elements */
  find(id: TorchValue): StoragePlace {
    const [kind, type, key, location, count] = id instanceof PyTuple ? id.items : [];
    if (kind !== "storage" || !(type instanceof PyGlobal) || typeof key !== "string" || typeof location !== "string")
      throw damagedPickle("it refers to a part of the file that is no storage");
    if (typeof count !== "number" || !Number.isSafeInteger(count) || count < 0)
      throw damagedPickle(`the storage ${quote(key)} has no usable number of elements`);
    const name = STORAGE_CLASS.exec(type.class)?.[1];
    if (name === undefined) throw damagedPickle(`${quote(type.class)} is no class of storages`);
    const dtype = name === "UntypedStorage" ? "uint8" : dtypeOfStorage(name);
    const storage = this.#storage(key, location);
    if (dtype !== undefined && storage.bytes.length !== count * factsOf(dtype).sizeBytes)
      throw damagedPickle(
        `the storage ${quote(key)} has ${storage.bytes.length} bytes, but ${count} elements of ${dtype} are announced`,
      );
    return new StoragePlace(type.class, storage, dtype);
  }

  #storage(key: string, location: string): TorchStorage {
    const known = this.#read.get(key);
    if (known !== undefined) return known;
    const bytes = this.#archive.read(`${this.#folder}data/${key}`);
    const storage = { bytes, byteOrder: this.#byteOrder, location };
    this.#read.set(key, storage);
    return storage;
  }
}
