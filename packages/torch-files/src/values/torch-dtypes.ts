/** What a tensor's values become. */
export type TorchArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

interface DtypeFacts {
  /** Bytes of one element in a file. */
  readonly sizeBytes: number;
  /** Bytes that change places in the other byte order. */
  readonly wordBytes: number;
  /** Bytes of one element of `values()`. */
  readonly readBytes: number;
  /** The class of its storages; dtypes without one are written with an untyped storage. */
  readonly storage?: string;
}

const facts = (sizeBytes: number, storage?: string, readBytes = sizeBytes, wordBytes = sizeBytes): DtypeFacts => ({
  sizeBytes,
  wordBytes,
  readBytes,
  ...(storage === undefined ? {} : { storage }),
});

/** Dtypes whose values can be read. */
export const TORCH_DTYPES = {
  float32: facts(4, "FloatStorage"),
  float64: facts(8, "DoubleStorage"),
  float16: facts(2, "HalfStorage", 4),
  bfloat16: facts(2, "BFloat16Storage", 4),
  float8_e4m3fn: facts(1, undefined, 4),
  float8_e5m2: facts(1, undefined, 4),
  bool: facts(1, "BoolStorage"),
  uint8: facts(1, "ByteStorage"),
  int8: facts(1, "CharStorage"),
  int16: facts(2, "ShortStorage"),
  int32: facts(4, "IntStorage"),
  int64: facts(8, "LongStorage"),
  uint16: facts(2),
  uint32: facts(4),
  uint64: facts(8),
  complex32: facts(4, undefined, 8, 2),
  complex64: facts(8, "ComplexFloatStorage", 8, 4),
  complex128: facts(16, "ComplexDoubleStorage", 16, 8),
} as const satisfies Record<string, DtypeFacts>;

/** PyTorch's name of a dtype. */
export type TorchDtype = keyof typeof TORCH_DTYPES;

export function factsOf(dtype: TorchDtype): DtypeFacts {
  return TORCH_DTYPES[dtype];
}

export function isTorchDtype(name: string): name is TorchDtype {
  return Object.hasOwn(TORCH_DTYPES, name);
}

/** The dtype of a class of storages, e.g. of `FloatStorage`. */
export function dtypeOfStorage(className: string): TorchDtype | undefined {
  return Object.keys(TORCH_DTYPES)
    .filter(isTorchDtype)
    .find((dtype) => factsOf(dtype).storage === className);
}
