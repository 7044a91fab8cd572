import { DataFileError } from "../errors/data-file-error.js";

/** What is wrong with an Arrow file, in words that go on after a colon. */
export function damagedArrow(path: string, reason: string, offsetBytes?: number, cause?: unknown): DataFileError {
  return new DataFileError({
    path,
    offsetBytes,
    message: `the Arrow file cannot be read: ${reason}.`,
    expected: "a file or stream of Arrow's IPC format",
    tryThis: "copying or writing the file again.",
    cause,
  });
}
