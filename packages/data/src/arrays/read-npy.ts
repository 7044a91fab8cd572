import { rejectUnknownOptions } from "@lightning-ts/core";
import { fromHalf } from "@lightning-ts/torch-files";
import { DataFileError } from "../errors/data-file-error.js";
import { readSource, type DataSource, type FilesOption } from "../files/byte-source.js";
import { checkSize } from "./check-size.js";
import { DataArray, type DataArrayType } from "./data-array.js";
import { inRowOrder } from "./in-row-order.js";
import { readNpyHeader, type NpyHeader } from "./npy-header.js";
import { bytesPerNumber, numbersOf, type NumberType } from "./number-array.js";

/**
 * Reads the array of a `.npy` file: numbers of any width (float16 as float32), bool, and texts. What was saved in
 * Fortran's order is brought into row order.
 * @param source a path, or a file's bytes
 * @throws DataFileError for what is no such file, is damaged, or holds Python objects, complex numbers or records
 * @example
 * ```ts
 * import { readNpy } from "@lightning-ts/data";
 *
 * // What numpy.save writes for the numbers 1 and 2.
 * const header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }".padEnd(117) + "\n";
 * const bytes = Uint8Array.from([0x93, ...Buffer.from("NUMPY"), 1, 0, 118, 0, ...Buffer.from(header), 1, 2]);
 * const { shape, values } = await readNpy(bytes); // or a path
 * console.log(shape, values); // [2] Uint8Array [1, 2]
 * ```
 */
export async function readNpy(source: DataSource, options: FilesOption = {}): Promise<DataArray> {
  rejectUnknownOptions("readNpy", options, ["files"]);
  const path = typeof source === "string" ? source : "the bytes";
  return npyArray(path, await readSource("readNpy", source, options));
}

/** The array in the bytes of a .npy file. */
export function npyArray(path: string, bytes: Uint8Array): DataArray {
  const header = readNpyHeader(path, bytes);
  const [order = "", kind = "", width = 0] = partsOf(header.descr);
  const size = kind === "U" ? 4 * width : width;
  const type = kind === "U" || kind === "S" ? "text" : typeOf(path, header, kind, width);
  const count = checkSize(path, { ...header, bytesPerValue: size, sizeBytes: bytes.length });
  const payload = bytes.subarray(header.offsetBytes);
  const values =
    type === "text"
      ? texts(payload, { count, size, isWide: kind === "U", isBigEndian: order === ">" })
      : numbers(payload, type, order === ">");
  const { shape, isFortranOrder } = header;
  return new DataArray(
    type === "float16" ? "float32" : type,
    shape,
    isFortranOrder ? inRowOrder(values, shape) : values,
  );
}

function partsOf(descr: string): [order: string, kind: string, width: number] | [] {
  const match = /^([<>|=])([a-zA-Z])(\d+)$/.exec(descr);
  return match === null ? [] : [match[1] ?? "", match[2] ?? "", Number(match[3])];
}

const TYPES: Readonly<Record<string, NumberType | "bool" | "float16">> = {
  ...{ f2: "float16", f4: "float32", f8: "float64", b1: "bool" },
  ...{ i1: "int8", i2: "int16", i4: "int32", i8: "int64" },
  ...{ u1: "uint8", u2: "uint16", u4: "uint32", u8: "uint64" },
};

function typeOf(path: string, { descr }: NpyHeader, kind: string, width: number): NumberType | "bool" | "float16" {
  const type = TYPES[`${kind}${width}`];
  if (type !== undefined) return type;
  throw new DataFileError({
    path,
    offsetBytes: 10,
    message: `arrays of type "${descr}" are not read.`,
    expected: "floats, integers, bool or texts",
    tryThis:
      kind === "c"
        ? "saving array.real and array.imag by themselves."
        : 'array.astype("float64"), or "int64" for times, before it is saved.',
  });
}

function numbers(bytes: Uint8Array, type: Exclude<DataArrayType, "text"> | "float16", isBigEndian: boolean) {
  if (type === "float16") {
    const words = numbersOf(bytes, "uint16", isBigEndian);
    return fromHalf(words instanceof Uint16Array ? words : new Uint16Array());
  }
  return numbersOf(bytes, type === "bool" ? "uint8" : type, isBigEndian);
}

/** Texts of one width, filled with zeros: UTF-32 where they are wide, else single bytes. */
function texts(
  bytes: Uint8Array,
  { count, size, isWide, isBigEndian }: { count: number; size: number; isWide: boolean; isBigEndian: boolean },
): readonly string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const step = isWide ? bytesPerNumber("uint32") : 1;
  const codeAt = (at: number): number => (isWide ? view.getUint32(at, !isBigEndian) : view.getUint8(at));
  return Array.from({ length: count }, (_, i) => {
    let end = (i + 1) * size;
    while (end > i * size && codeAt(end - step) === 0) end -= step;
    let text = "";
    for (let at = i * size; at < end; at += step) text += characterOf(codeAt(at));
    return text;
  });
}

const characterOf = (code: number): string => (code <= 0x10ffff ? String.fromCodePoint(code) : "\uFFFD");
