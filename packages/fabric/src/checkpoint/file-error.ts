import { LightningError } from "@lightning-ts/core";

/** Whether the operating system refused something: `ENOSPC`, `EROFS`, `EIO`, `EACCES`, … */
export function isFileError(error: unknown): error is Error & { readonly code: string } {
  return (
    error instanceof Error &&
    !LightningError.isInstance(error) &&
    "code" in error &&
    typeof error.code === "string" &&
    /^E[A-Z0-9]+$/.test(error.code)
  );
}

/** What helps when the operating system refuses to write. */
export function adviceOnWriting(error: unknown): string {
  switch (isFileError(error) ? error.code : "") {
    case "EROFS":
    case "EACCES":
    case "EPERM":
      return "another folder, one that this process may write to.";
    case "EIO":
      return "checking the disk, or another folder.";
    default:
      return "free some space, or another folder.";
  }
}
