import { COSTS } from "../pickle/costs.js";
import { damagedPickle } from "../pickle/pickle-error.js";
import type { MemoryBudget } from "../values/memory-budget.js";
import { PyDict, PyGlobal, PySet, PyTuple, type TorchValue } from "../values/py-values.js";
import { TorchTensor } from "../values/torch-tensor.js";
import { readNumpyScalar } from "./numpy-scalar.js";
import { rebuildTensor, refuseLazyBits } from "./rebuild-tensor.js";

export interface CallContext {
  /** For what a call copies. */
  readonly objects: MemoryBudget;
  /** For the values of tensors. */
  readonly tensors: MemoryBudget;
  /** What another call stands for. */
  reduce(className: string, args: PyTuple): TorchValue;
}

type KnownCall = (args: readonly TorchValue[], context: CallContext) => TorchValue;

/** What a call makes of its arguments; undefined for one that means nothing here. */
export function knownCall(className: string): KnownCall | undefined {
  return CALLS.get(className);
}

const parameter: KnownCall = ([tensor]) => {
  if (!(tensor instanceof TorchTensor)) throw damagedPickle("a parameter in it is made of something that is no tensor");
  return tensor;
};

/** A tensor with attributes of its own, or of a subclass: the tensor. */
const fromType: KnownCall = ([made, , args], context) => {
  if (!(made instanceof PyGlobal) || !(args instanceof PyTuple))
    throw damagedPickle("a tensor in it is made by something that is no function");
  return context.reduce(made.class, args);
};

const orderedDict: KnownCall = (args, { objects }) => new PyDict(pairsOf(args[0], objects), "collections.OrderedDict");

const set =
  (className: "set" | "frozenset"): KnownCall =>
  (args, { objects }) =>
    new PySet([...itemsOf(args[0], objects)], className);

/** Protocol 2 has no bytes: they are text whose characters are the bytes. */
const bytes: KnownCall = ([text, encoding], { objects }) => {
  if (typeof text !== "string" || encoding !== "latin1")
    throw damagedPickle("bytes in it are encoded in an unknown way");
  objects.charge(COSTS.object + text.length);
  return Uint8Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
};

const byteArray: KnownCall = ([given], { objects }) => {
  if (given === undefined) return new Uint8Array();
  if (!(given instanceof Uint8Array)) throw damagedPickle("a bytearray in it is made of something that is no bytes");
  objects.charge(COSTS.object + given.length);
  return new Uint8Array(given);
};

const CALLS = new Map<string, KnownCall>([
  ["torch._utils._rebuild_tensor", (args, { tensors }) => rebuildTensor(args.slice(0, 4), tensors)],
  [
    "torch._utils._rebuild_tensor_v2",
    (args, { tensors }) => {
      refuseLazyBits(args[6]);
      return rebuildTensor(args, tensors);
    },
  ],
  [
    "torch._utils._rebuild_tensor_v3",
    (args, { tensors }) => {
      refuseLazyBits(args[7]);
      return rebuildTensor(args, tensors, args[6] ?? null);
    },
  ],
  ["torch._utils._rebuild_parameter", parameter],
  ["torch._utils._rebuild_parameter_with_state", parameter],
  ["torch._utils._rebuild_device_tensor_from_cpu_tensor", parameter],
  ["torch._tensor._rebuild_from_type_v2", fromType],
  ["torch._tensor._rebuild_from_type", fromType],
  ["torch.Size", (args, { objects }) => new PyTuple([...itemsOf(args[0], objects)], "torch.Size")],
  ["collections.OrderedDict", orderedDict],
  ["collections.Counter", (args, { objects }) => new PyDict(entriesOf(args[0], objects), "collections.Counter")],
  ["collections.defaultdict", () => new PyDict([], "collections.defaultdict")],
  ["_codecs.encode", bytes],
  ...["builtins", "__builtin__"].flatMap((module): [string, KnownCall][] => [
    [`${module}.set`, set("set")],
    [`${module}.frozenset`, set("frozenset")],
    [`${module}.bytearray`, byteArray],
    [`${module}.dict`, (args, { objects }) => new PyDict(pairsOf(args[0], objects))],
    [`${module}.bytes`, byteArray],
  ]),
  ...["numpy.core", "numpy._core"].map((module): [string, KnownCall] => [
    `${module}.multiarray.scalar`,
    (args) => readNumpyScalar(args),
  ]),
]);

function itemsOf(value: TorchValue | undefined, objects: MemoryBudget): readonly TorchValue[] {
  const items =
    value === undefined ? [] : Array.isArray(value) ? value : value instanceof PyTuple ? value.items : undefined;
  if (items === undefined) throw damagedPickle("a collection in it is made of something that is no list");
  objects.charge(COSTS.object + items.length * COSTS.slot);
  return items;
}

function pairsOf(value: TorchValue | undefined, objects: MemoryBudget): [TorchValue, TorchValue][] {
  if (value instanceof PyDict) return entriesOf(value, objects);
  const items = itemsOf(value, objects);
  objects.charge(items.length * COSTS.entry);
  return items.map((pair) => {
    const [key, item] = Array.isArray(pair) ? pair : pair instanceof PyTuple ? pair.items : [];
    if (key === undefined || item === undefined)
      throw damagedPickle("a dict in it is made of something that is no pairs");
    return [key, item];
  });
}

function entriesOf(value: TorchValue | undefined, objects: MemoryBudget): [TorchValue, TorchValue][] {
  if (value === undefined) return [];
  if (!(value instanceof PyDict)) throw damagedPickle("a dict in it is made of something that is no dict");
  objects.charge(value.size * COSTS.entry);
  return [...value];
}
