import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import type { FileSystem } from "../ports/file-system.js";

let port: FileSystem | undefined;

/** Says where readers and writers of data find files. The entry of a platform calls it. */
export function setFiles(files: FileSystem | undefined): void {
  port = files;
}

/**
 * The files that were given, or the platform's.
 * @param owner who needs them, for the message
 * @throws MisconfigurationError where the platform brings none
 */
export function requireFiles(owner: string, given?: FileSystem): FileSystem {
  const files = given ?? port;
  if (files !== undefined) return files;
  throw new MisconfigurationError({
    code: "LIT_PORTS",
    message: `${owner} needs files, and this platform brings none of its own.`,
    tryThis:
      "importing @lightning-ts/fabric, @lightning-ts/pytorch or lightning-ts, which bring those of Node; elsewhere the option files, or bytes instead of a path.",
  });
}
