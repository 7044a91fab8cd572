import { constants } from "node:fs";
import * as fs from "node:fs/promises";
import { homedir } from "node:os";
import * as path from "node:path";
import type { FileStat, FileSystem, WritableFile } from "@lightning-ts/core";

const OPEN_FLAGS = { create: "wx", overwrite: "w", append: "a" } as const;

/** Node's file system. */
export function nodeFiles(): FileSystem {
  return {
    stat,
    readFile: async (file) => {
      const bytes = await fs.readFile(file);
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    },
    readRange,
    list: (directory) => fs.readdir(directory),
    makeDirectory: async (directory) => {
      await fs.mkdir(directory, { recursive: true });
    },
    createDirectory,
    open: async (file, mode) => writableFile(await fs.open(file, OPEN_FLAGS[mode])),
    rename: (from, to) => fs.rename(from, to),
    remove: (target) => fs.rm(target, { recursive: true, force: true }),
    link: (target, link) => fs.symlink(target, link),
    flushDirectory,
    resolve: (...segments) => path.resolve(...segments),
    join: (...segments) => path.join(...segments),
    dirname: (target) => path.dirname(target),
    basename: (target) => path.basename(target),
    workingDirectory: () => process.cwd(),
    homeDirectory: () => homedir(),
  };
}

async function stat(file: string): Promise<FileStat | undefined> {
  try {
    const found = await fs.stat(file);
    return {
      sizeBytes: found.size,
      modifiedMs: found.mtimeMs,
      isDirectory: found.isDirectory(),
      isFile: found.isFile(),
    };
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
    throw error;
  }
}

async function createDirectory(directory: string): Promise<boolean> {
  try {
    await fs.mkdir(directory);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

async function readRange(file: string, offsetBytes: number, lengthBytes: number): Promise<Uint8Array> {
  const handle = await fs.open(file, constants.O_RDONLY);
  try {
    const bytes = new Uint8Array(lengthBytes);
    let filled = 0;
    while (filled < lengthBytes) {
      const { bytesRead } = await handle.read(bytes, filled, lengthBytes - filled, offsetBytes + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } finally {
    await handle.close();
  }
}

function writableFile(handle: fs.FileHandle): WritableFile {
  let isOpen = true;
  return {
    write: async (bytes) => {
      let written = 0;
      while (written < bytes.byteLength) written += (await handle.write(bytes, written)).bytesWritten;
    },
    flush: () => flushHandle(handle, []),
    close: async () => {
      if (!isOpen) return;
      isOpen = false;
      await handle.close();
    },
  };
}

/**
 * Windows cannot open folders for flushing and does not need it: renames are journaled there. Some network file systems
 * answer that a folder cannot be flushed, and have nothing to flush.
 */
async function flushDirectory(directory: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await fs.open(directory, constants.O_RDONLY);
  try {
    await flushHandle(handle, ["EINVAL", "ENOTSUP", "ENOSYS"]);
  } finally {
    await handle.close();
  }
}

/**
 * Node refuses fsync to processes that run under its permission model (`--permission`), and no option allows it. Files
 * are still replaced as a whole there; when they reach the disk is up to the system.
 */
async function flushHandle(handle: fs.FileHandle, unsupported: readonly string[]): Promise<void> {
  try {
    await handle.sync();
  } catch (error) {
    const code = String(codeOf(error));
    const isRefused = code === "ERR_ACCESS_DENIED" && hasPermissionModel();
    if (!isRefused && !unsupported.includes(code)) throw error;
  }
}

/** Whether this process runs under Node's permission model: only then does `process` have `permission`. */
function hasPermissionModel(): boolean {
  return Reflect.has(process, "permission");
}

function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}
