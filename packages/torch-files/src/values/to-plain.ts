import { quote } from "../errors/quote.js";
import { TorchValueError } from "../errors/torch-value-error.js";
import { PyDict, PyGlobal, type PyObject, PySet, PyTuple, type TorchValue } from "./py-values.js";
import { TorchTensor } from "./torch-tensor.js";

/** A value without Python's kinds of collections. */
export type PlainValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | TorchTensor
  | PlainValue[]
  | { [key: string]: PlainValue };

/** Objects that are their attributes and nothing more. */
const NAMESPACES = ["argparse.Namespace", "types.SimpleNamespace", "jsonargparse.Namespace"];
const PATHS = /^pathlib\.(?:_local\.)?(?:Pure)?(?:Posix|Windows)?Path$/;
const LIGHTNING = /^(?:lightning|lightning_fabric|pytorch_lightning)\./;

/**
 * A value as objects without a prototype, arrays, and plain values. Tuples and sets become arrays, keys become text,
 * namespaces become objects; `torch.device` and dtypes become text; an object of an unknown class becomes
 * `{ class, args, state }`. Tensors stay what they are.
 * @throws TorchValueError where two keys of a dict become the same text
 */
export function toPlain(value: TorchValue): PlainValue {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array || value instanceof TorchTensor) return value;
  if (Array.isArray(value)) return value.map(toPlain);
  if (value instanceof PyTuple || value instanceof PySet) return value.items.map(toPlain);
  if (value instanceof PyDict) return plainDict(value);
  if (value instanceof PyGlobal) return value.class;
  return plainObject(value);
}

function plainDict(entries: ReadonlyMap<TorchValue, TorchValue>): { [key: string]: PlainValue } {
  const plain: { [key: string]: PlainValue } = Object.create(null);
  for (const [key, item] of entries) {
    const name = keyText(key);
    if (name in plain)
      throw new TorchValueError({ message: `A dict has two keys that become the text ${quote(name)}.` });
    plain[name] = toPlain(item);
  }
  return plain;
}

function keyText(key: TorchValue): string {
  if (typeof key === "string") return key;
  if (key === null || typeof key !== "object") return String(key);
  if (key instanceof PyTuple) return `(${key.items.map(keyText).join(", ")})`;
  return "class" in key ? key.class : "key";
}

function plainObject(object: PyObject): PlainValue {
  const { args, state } = object;
  if (NAMESPACES.includes(object.class) && state instanceof PyDict) return plainDict(state);
  if (object.class === "torch.device") return args.map(keyText).join(":");
  if (PATHS.test(object.class)) return args.map(keyText).join("/").replace(/^\/\//, "/");
  const [only, ...more] = args;
  // An enumeration is written as its class and its value.
  if (LIGHTNING.test(object.class) && more.length === 0 && (typeof only === "string" || typeof only === "number"))
    return only;
  const parts: [string, TorchValue][] = [
    ["class", object.class],
    ["args", [...args]],
    ...(state === undefined ? [] : [["state", state] satisfies [string, TorchValue]]),
    ...(object.items.length === 0 ? [] : [["items", object.items] satisfies [string, TorchValue]]),
    ...(object.entries.size === 0 ? [] : [["entries", new PyDict(object.entries)] satisfies [string, TorchValue]]),
  ];
  return plainDict(new Map<TorchValue, TorchValue>(parts));
}
