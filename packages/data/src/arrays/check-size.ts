import { DataFileError } from "../errors/data-file-error.js";

/**
 * @param offsetBytes where the values begin
 * @param bytesPerValue of each value
 * @throws DataFileError where a file does not hold as many values as its shape says
 * @returns how many values there are
 */
export function checkSize(
  path: string,
  {
    shape,
    offsetBytes,
    bytesPerValue,
    sizeBytes,
  }: {
    readonly shape: readonly number[];
    readonly offsetBytes: number;
    readonly bytesPerValue: number;
    /** Of the whole file. */
    readonly sizeBytes: number;
  },
): number {
  const count = shape.reduce((product, length) => product * length, 1);
  if (offsetBytes + count * bytesPerValue === sizeBytes) return count;
  throw new DataFileError({
    path,
    offsetBytes,
    message: "the file does not hold as many values as its header says.",
    expected: `${count * bytesPerValue} bytes for the shape [${shape.join(", ")}]`,
    received: `${sizeBytes - offsetBytes}`,
    tryThis: "copying or downloading the file again.",
  });
}
