import type { FileStat, FileSystem, WritableFile } from "@lightning-ts/core";

/** Files in the memory of a page, as an application would bring them: paths with slashes, below the root. */
export class PageFiles implements FileSystem {
  readonly #files = new Map<string, Uint8Array>();
  readonly #folders = new Set<string>();

  paths(): string[] {
    return [...this.#files.keys()];
  }
  async stat(path: string): Promise<FileStat | undefined> {
    const bytes = this.#files.get(path);
    const isDirectory = bytes === undefined && this.paths().some((file) => file.startsWith(`${path}/`));
    if (bytes === undefined && !isDirectory) return undefined;
    return { sizeBytes: bytes?.byteLength ?? 0, modifiedMs: 0, isDirectory, isFile: !isDirectory };
  }
  async readFile(path: string): Promise<Uint8Array> {
    const bytes = this.#files.get(path);
    if (bytes === undefined) throw Object.assign(new Error(`There is no ${path}.`), { code: "ENOENT" });
    return bytes;
  }
  async readRange(path: string, offsetBytes: number, lengthBytes: number): Promise<Uint8Array> {
    return (await this.readFile(path)).subarray(offsetBytes, offsetBytes + lengthBytes);
  }
  async list(directory: string): Promise<string[]> {
    const inside = this.paths().filter((path) => path.startsWith(`${directory}/`));
    return [...new Set(inside.map((path) => path.slice(directory.length + 1).split("/", 1)[0] ?? ""))];
  }
  async makeDirectory(): Promise<void> {}
  async createDirectory(path: string): Promise<boolean> {
    if (this.#folders.has(path) || (await this.stat(path)) !== undefined) return false;
    this.#folders.add(path);
    return true;
  }
  async flushDirectory(): Promise<void> {}
  async open(path: string, mode: "create" | "overwrite" | "append"): Promise<WritableFile> {
    if (mode === "create" && this.#files.has(path))
      throw Object.assign(new Error(`There is a ${path} already.`), { code: "EEXIST" });
    if (mode !== "append" || !this.#files.has(path)) this.#files.set(path, new Uint8Array());
    return {
      write: async (bytes) => {
        const before = await this.readFile(path);
        const grown = new Uint8Array(before.byteLength + bytes.byteLength);
        grown.set(before);
        grown.set(bytes, before.byteLength);
        this.#files.set(path, grown);
      },
      flush: async () => undefined,
      close: async () => undefined,
    };
  }
  async rename(from: string, to: string): Promise<void> {
    this.#files.set(to, await this.readFile(from));
    this.#files.delete(from);
  }
  async remove(target: string): Promise<void> {
    for (const path of this.paths()) if (path === target || path.startsWith(`${target}/`)) this.#files.delete(path);
  }
  async link(target: string, path: string): Promise<void> {
    this.#files.set(path, await this.readFile(target));
  }
  resolve(...segments: string[]): string {
    const path = this.join(...segments);
    return path.startsWith("/") ? path : `/${path}`;
  }
  join(...segments: string[]): string {
    return segments.join("/").replaceAll(/\/(\.?\/)*/g, "/");
  }
  dirname(path: string): string {
    return path.slice(0, Math.max(1, path.lastIndexOf("/")));
  }
  basename(path: string): string {
    return path.slice(path.lastIndexOf("/") + 1);
  }
  workingDirectory(): string {
    return "/";
  }
  homeDirectory(): string {
    return "/";
  }
}
