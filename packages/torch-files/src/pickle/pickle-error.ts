import { TorchFileError } from "../errors/torch-file-error.js";

/** @param at byte of the pickle where it went wrong */
export function damagedPickle(reason: string, at?: number, tryThis?: string): TorchFileError {
  const place = at === undefined ? "" : ` (byte ${at})`;
  return new TorchFileError({ message: `The pickle in this file cannot be read: ${reason}${place}.`, tryThis });
}
