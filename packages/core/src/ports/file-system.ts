export interface FileStat {
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly isDirectory: boolean;
  readonly isFile: boolean;
}

/** An open file that is written from front to back. */
export interface WritableFile {
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves when everything written is on the storage device. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The files that checkpoints, logs and caches live in. Paths are absolute and use the platform's separator.
 * Failures reject with the platform's error; `code` is `"ENOENT"` where nothing is at the path.
 */
export interface FileSystem {
  stat(path: string): Promise<FileStat | undefined>;
  readFile(path: string): Promise<Uint8Array>;
  /** Reads `lengthBytes` bytes from `offsetBytes`; fewer at the end of the file. */
  readRange(path: string, offsetBytes: number, lengthBytes: number): Promise<Uint8Array>;
  list(directory: string): Promise<readonly string[]>;
  /** Makes a folder and those above it; nothing happens where it is there. */
  makeDirectory(path: string): Promise<void>;
  /** Makes one folder, for one of several that try at once. @returns false where something is at the path already */
  createDirectory(path: string): Promise<boolean>;
  /** @param mode `create` refuses whatever is at the path, links too; `overwrite` empties a file, `append` keeps it */
  open(path: string, mode: "create" | "overwrite" | "append"): Promise<WritableFile>;
  /** Replaces `to` in one step. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file or a folder with everything in it; nothing happens where nothing is. */
  remove(path: string): Promise<void>;
  link(target: string, path: string): Promise<void>;
  /** Makes renames inside the folder durable. */
  flushDirectory(path: string): Promise<void>;
  resolve(...segments: string[]): string;
  join(...segments: string[]): string;
  dirname(path: string): string;
  basename(path: string): string;
  workingDirectory(): string;
  homeDirectory(): string;
}
