import { TorchFileError } from "../errors/torch-file-error.js";

/** Where a member of a zip file lies; checked against the file. */
export interface ZipEntry {
  readonly name: string;
  /** 0 for stored, 8 for deflated. */
  readonly method: 0 | 8;
  /** 0 where PyTorch was told not to compute it. */
  readonly crc: number;
  /** First byte of its header, first byte of its data, and the byte after the last. */
  readonly start: number;
  readonly dataStart: number;
  readonly dataEnd: number;
  /** Bytes once it is inflated. */
  readonly sizeBytes: number;
}

export function damagedZip(reason: string, tryThis?: string): TorchFileError {
  return new TorchFileError({ message: `This zip file cannot be read: ${reason}.`, tryThis });
}
