import { quote } from "../errors/quote.js";
import { TorchValueError } from "../errors/torch-value-error.js";
import { PyDict, PyGlobal, PyObject, PySet, PyTuple } from "../values/py-values.js";
import { isTorchDtype } from "../values/torch-dtypes.js";
import { TorchTensor } from "../values/torch-tensor.js";
import { ByteWriter } from "./byte-writer.js";

/**
 * What can be written: `TorchValue`s, and plain maps and objects, which become dicts. Whole numbers become integers,
 * others floats; fields that are undefined are left out.
 */
export type WritableValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PyTuple
  | PySet
  | PyGlobal
  | PyObject
  | TorchTensor
  | readonly WritableValue[]
  | ReadonlyMap<string | number, WritableValue>
  | PyDict
  | { readonly [key: string]: WritableValue | undefined };

const DEEPEST = 500;
const encoder = new TextEncoder();

/** Writes protocol 2 with the instructions that `torch.load(weights_only=True)` follows. */
export class PickleWriter {
  readonly #out = new ByteWriter();
  readonly #writeTensor: (tensor: TorchTensor, writer: PickleWriter) => void;
  readonly #path: string[] = [];

  constructor(writeTensor: (tensor: TorchTensor, writer: PickleWriter) => void) {
    this.#writeTensor = writeTensor;
  }

  /** The whole pickle. @throws TorchValueError for a value that weights-only loading refuses */
  write(value: unknown): Uint8Array<ArrayBuffer> {
    this.#codes(0x80, 2);
    this.value(value);
    this.#codes(0x2e);
    return this.#out.finish();
  }

  value(value: unknown): void {
    if (value === null) this.#codes(0x4e);
    else if (typeof value === "boolean") this.#codes(value ? 0x88 : 0x89);
    else if (typeof value === "number") this.#number(value);
    else if (typeof value === "bigint") this.#bigint(value);
    else if (typeof value === "string") this.#text(value);
    else this.#object(value);
  }

  /** A class or function by its name. */
  global(module: string, name: string): void {
    this.#codes(0x63);
    this.#out.bytes(encoder.encode(`${module}\n${name}\n`));
  }

  /** Calls what was written last with these arguments. */
  reduce(args: readonly unknown[]): void {
    this.tuple(args);
    this.#codes(0x52);
  }

  tuple(items: readonly unknown[]): void {
    this.#codes(0x28);
    items.forEach((item, index) => this.#inside(String(index), item));
    this.#codes(0x74);
  }

  /** Calls what was written last with the arguments that are written now. */
  call(writeArguments: () => void): void {
    this.#codes(0x28);
    writeArguments();
    this.#codes(0x74, 0x52);
  }

  /** Refers to a storage of the file. */
  storage({ module, name, key, count }: { module: string; name: string; key: string; count: number }): void {
    this.#codes(0x28);
    this.value("storage");
    this.global(module, name);
    this.value(key);
    this.value("cpu");
    this.value(count);
    this.#codes(0x74, 0x51);
  }

  #codes(...codes: number[]): void {
    for (const code of codes) this.#out.uint8(code);
  }

  #number(value: number): void {
    const isInteger = Number.isSafeInteger(value) && !Object.is(value, -0);
    if (!isInteger) {
      this.#codes(0x47);
      this.#out.float64(value);
    } else if (value >= -(2 ** 31) && value < 2 ** 31) {
      this.#codes(0x4a);
      this.#out.int32(value);
    } else this.#bigint(BigInt(value));
  }

  #bigint(value: bigint): void {
    const bytes: number[] = [];
    let rest = value;
    while (bytes.length === 0 || rest !== (((bytes.at(-1) ?? 0) & 0x80) === 0 ? 0n : -1n)) {
      bytes.push(Number(rest & 255n));
      rest >>= 8n;
      if (bytes.length > 255) throw this.#refused("an integer of more than 255 bytes");
    }
    this.#codes(0x8a, bytes.length, ...bytes);
  }

  #text(text: string): void {
    const bytes = encoder.encode(text);
    this.#codes(0x58);
    this.#out.uint32(bytes.length);
    this.#out.bytes(bytes);
  }

  #object(value: unknown): void {
    if (this.#path.length > DEEPEST) throw this.#refused("values nested so deep, or one that holds itself");
    if (value instanceof TorchTensor) this.#writeTensor(value, this);
    else if (value instanceof Uint8Array) this.#bytes(value);
    else if (Array.isArray(value)) this.#list(value);
    else if (value instanceof PyTuple) this.#tupleOf(value);
    else if (value instanceof PySet) {
      if (value.class !== "set") throw this.#refused("a frozenset");
      this.global("builtins", "set");
      this.reduce([value.items]);
    } else if (value instanceof PyGlobal) this.#dtype(value.class);
    else if (value instanceof PyObject) {
      if (value.class !== "torch.device") throw this.#refused(`an object of ${quote(value.class)}`);
      this.global("torch", "device");
      this.reduce(value.args);
    } else if (value instanceof Map) this.#dict(value);
    else if (isPlain(value)) this.#entries(Object.entries(value), () => this.#codes(0x7d));
    else throw this.#refused(typeof value === "object" ? "an object of a class" : `a ${typeof value}`);
  }

  /** Protocol 2 has no bytes. */
  #bytes(bytes: Uint8Array): void {
    this.global("_codecs", "encode");
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    this.reduce([text, "latin1"]);
  }

  #list(items: readonly unknown[]): void {
    this.#codes(0x5d, 0x28);
    items.forEach((item, index) => this.#inside(String(index), item));
    this.#codes(0x65);
  }

  #tupleOf({ class: className, items }: PyTuple): void {
    if (className !== "torch.Size") {
      this.tuple(items);
      return;
    }
    this.global("torch", "Size");
    this.reduce([new PyTuple(items)]);
  }

  #dtype(name: string): void {
    const dtype = name.replace(/^torch\./, "");
    if (!name.startsWith("torch.") || !isTorchDtype(dtype)) throw this.#refused(`the class or function ${quote(name)}`);
    this.global("torch", dtype);
  }

  #dict(dict: ReadonlyMap<unknown, unknown>): void {
    const isOrdered = dict instanceof PyDict && dict.class === "collections.OrderedDict";
    this.#entries([...dict], () => {
      if (!isOrdered) this.#codes(0x7d);
      else {
        this.global("collections", "OrderedDict");
        this.reduce([]);
      }
    });
    if (!isOrdered || dict.attributes === undefined) return;
    this.value(dict.attributes);
    this.#codes(0x62);
  }

  #entries(entries: readonly (readonly [unknown, unknown])[], begin: () => void): void {
    begin();
    this.#codes(0x28);
    for (const [key, item] of entries) {
      if (item === undefined) continue;
      this.value(key);
      this.#inside(String(key), item);
    }
    this.#codes(0x75);
  }

  #inside(name: string, value: unknown): void {
    this.#path.push(name);
    this.value(value);
    this.#path.pop();
  }

  #refused(what: string): TorchValueError {
    return new TorchValueError({
      message: `A file of torch.save cannot hold what is at ${quote(this.#path.join("."))}.`,
      expected: "tensors, numbers, text, booleans, null, bytes, and lists, tuples, sets and dicts of these",
      received: what,
    });
  }
}

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
