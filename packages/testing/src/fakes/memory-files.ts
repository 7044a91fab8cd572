import type { FileStat, FileSystem, WritableFile } from "@lightning-ts/core";
import * as path from "node:path";

export type FileOperation =
  | "stat"
  | "readFile"
  | "readRange"
  | "list"
  | "makeDirectory"
  | "createDirectory"
  | "open"
  | "write"
  | "flush"
  | "close"
  | "rename"
  | "remove"
  | "link"
  | "flushDirectory";

/** Decides, before an operation happens, whether it fails; returning an error makes it fail. */
export type FaultPlan = (operation: FileOperation, path: string) => Error | undefined;

interface FileNode {
  current: Uint8Array;
  /** What the storage device holds. */
  durable: Uint8Array;
  modifiedMs: number;
}

/**
 * A file system in memory that can fail and crash. What was written is lost in a crash until `flush`;
 * names (new files, renames, removals, folders) are lost until `flushDirectory` of the folder that they are in.
 */
export class MemoryFiles implements FileSystem {
  /** Every operation so far, e.g. `"rename /run/a.tmp"`. */
  readonly operations: string[] = [];
  #names = new Map<string, FileNode>();
  #durableNames = new Map<string, FileNode>();
  #folders = new Set<string>(["/"]);
  #durableFolders = new Set<string>(["/"]);
  #plan: FaultPlan = () => undefined;
  #timeMs = 0;

  failWhen(plan: FaultPlan): void {
    this.#plan = plan;
  }

  /** The same files, and what of them is on the device, in a file system of its own. */
  copy(): MemoryFiles {
    const copied = new MemoryFiles();
    const nodes = new Map<FileNode, FileNode>();
    const copyOf = (node: FileNode): FileNode => {
      const known = nodes.get(node) ?? { ...node };
      nodes.set(node, known);
      return known;
    };
    copied.#names = new Map([...this.#names].map(([file, node]) => [file, copyOf(node)]));
    copied.#durableNames = new Map([...this.#durableNames].map(([file, node]) => [file, copyOf(node)]));
    copied.#folders = new Set(this.#folders);
    copied.#durableFolders = new Set(this.#durableFolders);
    copied.#timeMs = this.#timeMs;
    return copied;
  }

  /**
   * Power is cut: what was not flushed is gone, and with a folder everything in it.
   * @param options.keepsNames a device that had written the names already, and not what is in the files
   */
  crash(options: { readonly keepsNames?: boolean } = {}): void {
    this.#plan = () => undefined;
    if (options.keepsNames === true) {
      for (const node of this.#names.values()) node.current = node.durable;
      return;
    }
    const isReachable = (folder: string): boolean =>
      folder === "/" || (this.#durableFolders.has(folder) && isReachable(path.posix.dirname(folder)));
    this.#folders = new Set([...this.#durableFolders].filter(isReachable));
    this.#names = new Map([...this.#durableNames].filter(([file]) => this.#folders.has(path.posix.dirname(file))));
    for (const node of this.#names.values()) node.current = node.durable;
  }

  /** Files that exist now, sorted. */
  paths(): string[] {
    return [...this.#names.keys()].sort();
  }

  async stat(file: string): Promise<FileStat | undefined> {
    this.#begin("stat", file);
    const node = this.#names.get(file);
    if (node !== undefined)
      return { sizeBytes: node.current.byteLength, modifiedMs: node.modifiedMs, isDirectory: false, isFile: true };
    return this.#folders.has(file) ? { sizeBytes: 0, modifiedMs: 0, isDirectory: true, isFile: false } : undefined;
  }

  async readFile(file: string): Promise<Uint8Array> {
    this.#begin("readFile", file);
    return this.#node(file).current.slice();
  }

  async readRange(file: string, offsetBytes: number, lengthBytes: number): Promise<Uint8Array> {
    this.#begin("readRange", file);
    return this.#node(file).current.slice(offsetBytes, offsetBytes + lengthBytes);
  }

  async list(directory: string): Promise<readonly string[]> {
    this.#begin("list", directory);
    if (!this.#folders.has(directory)) throw missing(directory);
    const children = [...this.#names.keys(), ...this.#folders].filter(
      (entry) => entry !== directory && path.posix.dirname(entry) === directory,
    );
    return children.map((entry) => path.posix.basename(entry)).sort();
  }

  async makeDirectory(directory: string): Promise<void> {
    this.#begin("makeDirectory", directory);
    for (let folder = directory; folder !== "/"; folder = path.posix.dirname(folder)) this.#folders.add(folder);
  }

  async createDirectory(directory: string): Promise<boolean> {
    this.#begin("createDirectory", directory);
    if (!this.#folders.has(path.posix.dirname(directory))) throw missing(directory);
    if (this.#folders.has(directory) || this.#names.has(directory)) return false;
    this.#folders.add(directory);
    return true;
  }

  async open(file: string, mode: "create" | "overwrite" | "append"): Promise<WritableFile> {
    this.#begin("open", file);
    if (!this.#folders.has(path.posix.dirname(file))) throw missing(file);
    const known = this.#names.get(file);
    if (known !== undefined && mode === "create") throw fileError("EEXIST", `${file} exists`);
    const node = known ?? { current: new Uint8Array(), durable: new Uint8Array(), modifiedMs: 0 };
    if (mode === "overwrite") node.current = new Uint8Array();
    this.#names.set(file, node);
    return this.#writable(file, node);
  }

  async rename(from: string, to: string): Promise<void> {
    this.#begin("rename", from);
    const node = this.#node(from);
    this.#names.delete(from);
    this.#names.set(to, node);
  }

  async remove(target: string): Promise<void> {
    this.#begin("remove", target);
    for (const entry of [...this.#names.keys()])
      if (entry === target || entry.startsWith(`${target}/`)) this.#names.delete(entry);
    for (const folder of [...this.#folders])
      if (folder === target || folder.startsWith(`${target}/`)) this.#folders.delete(folder);
  }

  async link(target: string, link: string): Promise<void> {
    this.#begin("link", link);
    this.#names.set(link, this.#node(path.posix.resolve(path.posix.dirname(link), target)));
  }

  async flushDirectory(directory: string): Promise<void> {
    this.#begin("flushDirectory", directory);
    const isInside = (entry: string): boolean => path.posix.dirname(entry) === directory;
    for (const entry of [...this.#durableNames.keys()])
      if (isInside(entry) && !this.#names.has(entry)) this.#durableNames.delete(entry);
    for (const [entry, node] of this.#names) if (isInside(entry)) this.#durableNames.set(entry, node);
    for (const folder of [...this.#durableFolders])
      if (isInside(folder) && folder !== "/" && !this.#folders.has(folder)) this.#durableFolders.delete(folder);
    for (const folder of this.#folders) if (isInside(folder)) this.#durableFolders.add(folder);
  }

  resolve(...segments: string[]): string {
    return path.posix.resolve(this.workingDirectory(), ...segments);
  }
  join(...segments: string[]): string {
    return path.posix.join(...segments);
  }
  dirname(target: string): string {
    return path.posix.dirname(target);
  }
  basename(target: string): string {
    return path.posix.basename(target);
  }
  workingDirectory(): string {
    return "/";
  }
  homeDirectory(): string {
    return "/home/user";
  }

  #writable(file: string, node: FileNode): WritableFile {
    return {
      write: async (bytes) => {
        try {
          this.#begin("write", file);
        } catch (error) {
          // A disk takes what there is room for before it refuses.
          if (wasHalfWritten(error)) node.current = concatenate(node.current, bytes.subarray(0, bytes.byteLength >> 1));
          throw error;
        }
        this.#timeMs += 1;
        node.current = concatenate(node.current, bytes);
        node.modifiedMs = this.#timeMs;
      },
      flush: async () => {
        this.#begin("flush", file);
        node.durable = node.current;
      },
      close: async () => this.#begin("close", file),
    };
  }

  #begin(operation: FileOperation, target: string): void {
    this.operations.push(`${operation} ${target}`);
    const fault = this.#plan(operation, target);
    if (fault !== undefined) throw fault;
  }

  #node(file: string): FileNode {
    const node = this.#names.get(file);
    if (node === undefined) throw missing(file);
    return node;
  }
}

/** An error as the operating system reports it, e.g. `fileError("ENOSPC", "no space left on device")`. */
export function fileError(code: string, message: string): Error {
  return Object.assign(new Error(`${code}: ${message}`), { code });
}

function wasHalfWritten(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EIO");
}

function missing(file: string): Error {
  return fileError("ENOENT", `no such file or folder: ${file}`);
}

function concatenate(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const joined = new Uint8Array(head.byteLength + tail.byteLength);
  joined.set(head);
  joined.set(tail, head.byteLength);
  return joined;
}
