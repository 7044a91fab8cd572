import { DataFileError } from "../errors/data-file-error.js";

/** What stands before the values of a .npy file. */
export interface NpyHeader {
  /** Such as "<f4". */
  readonly descr: string;
  readonly isFortranOrder: boolean;
  readonly shape: readonly number[];
  readonly offsetBytes: number;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** @throws DataFileError for what is no .npy file, or one of structured values */
export function readNpyHeader(path: string, bytes: Uint8Array): NpyHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 10 || !MAGIC.every((byte, i) => bytes[i] === byte))
    throw new DataFileError({
      path,
      offsetBytes: 0,
      message: "this is no .npy file.",
      expected: 'a file that numpy.save wrote, which begins with "\\x93NUMPY"',
      tryThis: bytes[0] === 0x50 ? "readNpz: it looks like a .npz file." : undefined,
    });
  const major = view.getUint8(6);
  const start = major === 1 ? 10 : 12;
  const length = major === 1 ? view.getUint16(8, true) : bytes.length < 12 ? 0 : view.getUint32(8, true);
  if (major < 1 || major > 3 || start + length > bytes.length)
    throw new DataFileError({
      path,
      offsetBytes: 6,
      message: "the header of the .npy file is cut off, or of a version that is not known.",
      expected: `version 1 to 3, and ${start + length} bytes`,
      received: `version ${major}, and ${bytes.length} bytes`,
    });
  const text = new TextDecoder(major === 3 ? "utf-8" : "latin1").decode(bytes.subarray(start, start + length));
  return { ...parse(path, text), offsetBytes: start + length };
}

/** Reads the dictionary: `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`. */
function parse(path: string, text: string): Omit<NpyHeader, "offsetBytes"> {
  const descr = /'descr':\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape':\s*\(([\d,\s]*)\)/.exec(text)?.[1];
  if (descr !== undefined && order !== undefined && shape !== undefined)
    return {
      descr,
      isFortranOrder: order === "True",
      shape: shape
        .split(",")
        .filter((length) => length.trim() !== "")
        .map(Number),
    };
  throw new DataFileError({
    path,
    offsetBytes: 10,
    message: "the header of the .npy file cannot be read.",
    expected: "descr, fortran_order and shape of an array of one type",
    received: JSON.stringify(text.trim()),
    tryThis: /'descr':\s*\[/.test(text) ? "saving each field of the structured array by itself." : undefined,
  });
}
