import { damagedPickle } from "../pickle/pickle-error.js";
import { toNumber } from "../pickle/read-integer.js";
import { PyObject, PyTuple, type TorchValue } from "../values/py-values.js";

/** A number that NumPy keeps with a dtype of its own, such as a metric's best value. */
export function readNumpyScalar([dtype, bytes]: readonly TorchValue[]): TorchValue {
  const kind = dtype instanceof PyObject && dtype.class === "numpy.dtype" ? dtype.args[0] : undefined;
  if (
    typeof kind !== "string" ||
    !(bytes instanceof Uint8Array) ||
    bytes.length !== Number(/^[fiub](\d)$/.exec(kind)?.[1])
  )
    throw damagedPickle("a scalar of NumPy in it is no number");
  const order = dtype instanceof PyObject && dtype.state instanceof PyTuple ? dtype.state.items[1] : "<";
  return read(kind, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), order !== ">");
}

function read(kind: string, view: DataView, isLittle: boolean): TorchValue {
  switch (kind) {
    case "f8":
      return view.getFloat64(0, isLittle);
    case "f4":
      return view.getFloat32(0, isLittle);
    case "i8":
      return toNumber(view.getBigInt64(0, isLittle));
    case "u8":
      return toNumber(view.getBigUint64(0, isLittle));
    case "i4":
      return view.getInt32(0, isLittle);
    case "u4":
      return view.getUint32(0, isLittle);
    case "i2":
      return view.getInt16(0, isLittle);
    case "u2":
      return view.getUint16(0, isLittle);
    case "i1":
      return view.getInt8(0);
    case "u1":
      return view.getUint8(0);
    case "b1":
      return view.getUint8(0) !== 0;
    default:
      throw damagedPickle(`a scalar of NumPy in it has the dtype ${JSON.stringify(kind)}, which cannot be read`);
  }
}
