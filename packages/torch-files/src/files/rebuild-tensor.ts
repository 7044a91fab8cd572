import { quote } from "../errors/quote.js";
import { damagedPickle } from "../pickle/pickle-error.js";
import { sizeOf } from "../values/gather.js";
import type { MemoryBudget } from "../values/memory-budget.js";
import { PyDict, PyGlobal, PyTuple, type TorchValue } from "../values/py-values.js";
import { factsOf, isTorchDtype, type TorchDtype } from "../values/torch-dtypes.js";
import { TorchTensor } from "../values/torch-tensor.js";
import { StoragePlace } from "./storage-place.js";

const MOST_AXES = 64;

/**
 * A tensor as PyTorch writes it: storage, offset, shape, strides, and more that is not needed here.
 * @param dtype of the elements; undefined for that of the storage
 * @param budget for the values that tensors would have once they are copied out
 */
export function rebuildTensor(
  args: readonly TorchValue[],
  budget: MemoryBudget,
  dtypeArgument?: TorchValue,
): TorchTensor {
  const [place, offset, shape, strides, requiresGrad] = args;
  if (!(place instanceof StoragePlace)) throw damagedPickle("a tensor in it has no storage");
  const dtype = dtypeArgument === undefined ? place.dtype : dtypeNamed(dtypeArgument);
  if (dtype === undefined) throw unreadable(place.class);
  const layout = {
    shape: counts(shape, "shape"),
    strides: counts(strides, "strides"),
    offset: count(offset, "offset"),
  };
  if (layout.shape.length !== layout.strides.length || layout.shape.length > MOST_AXES)
    throw damagedPickle(`a tensor in it has ${layout.shape.length} axes and ${layout.strides.length} strides`);
  const { sizeBytes, readBytes } = factsOf(dtype);
  const available = Math.floor(place.storage.bytes.length / sizeBytes);
  const size = sizeOf(layout.shape);
  const last = layout.shape.reduce(
    (at, length, axis) => at + (length - 1) * (layout.strides[axis] ?? 0),
    layout.offset,
  );
  if (!Number.isSafeInteger(size) || (size > 0 && last >= available))
    throw damagedPickle(
      `a tensor [${layout.shape.join(", ")}] in it reaches beyond its storage of ${available} elements of ${dtype}`,
    );
  budget.charge(size * readBytes);
  return new TorchTensor(dtype, place.storage, layout, requiresGrad === true);
}

/** Complex numbers and negatives may be marked instead of computed. */
export function refuseLazyBits(metadata: TorchValue | undefined): void {
  if (!(metadata instanceof PyDict)) return;
  for (const [bit, isSet] of metadata)
    if (isSet === true)
      throw damagedPickle(
        `a tensor in it has its ${quote(String(bit))} bit set`,
        undefined,
        "saving tensor.resolve_conj().resolve_neg().",
      );
}

function dtypeNamed(value: TorchValue): TorchDtype {
  const name = value instanceof PyGlobal ? value.class : "";
  const short = name.replace(/^torch\./, "");
  if (!isTorchDtype(short)) throw unreadable(name);
  return short;
}

function unreadable(name: string): Error {
  return damagedPickle(`tensors of ${quote(name)} cannot be read`, undefined, "saving them as float32 or as integers.");
}

function counts(value: TorchValue | undefined, what: string): number[] {
  if (!(value instanceof PyTuple)) throw damagedPickle(`a tensor in it has no ${what}`);
  return value.items.map((item) => count(item, what));
}

function count(value: TorchValue | undefined, what: string): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw damagedPickle(`a tensor in it has a ${what} that is no count`);
}
