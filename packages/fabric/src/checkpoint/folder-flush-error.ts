/** A file took its place, and its folder could not be flushed. */
export class FolderFlushError extends Error {
  constructor(folder: string, cause: unknown) {
    super(`The folder ${folder} could not be flushed: ${cause instanceof Error ? cause.message : String(cause)}.`, {
      cause,
    });
    this.name = "FolderFlushError";
  }
}
