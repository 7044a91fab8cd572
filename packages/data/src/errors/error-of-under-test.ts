import { DataFileError } from "./data-file-error.js";

/** The error of a reader that has to refuse its file. */
export async function errorOf(reading: Promise<unknown>): Promise<DataFileError> {
  const error: unknown = await reading.catch((e: unknown) => e);
  if (error instanceof DataFileError) return error;
  throw new Error(`No DataFileError: ${String(error)}`);
}
