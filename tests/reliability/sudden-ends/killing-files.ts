import type { FileSystem } from "lightning-ts/core";

/** Files whose changes are counted; the process is killed before one of them. */
export interface KillingFiles {
  readonly files: FileSystem;
  readonly operations: () => number;
}

/** @param killAt number of the operation, from 0. A write is killed when half of its bytes are written. */
export function killingFiles(files: FileSystem, killAt: number): KillingFiles {
  let operations = 0;
  const isTheLast = (): boolean => {
    operations += 1;
    return operations - 1 === killAt;
  };
  const before = (): void => {
    if (isTheLast()) process.kill(process.pid, "SIGKILL");
  };
  return {
    operations: () => operations,
    files: {
      ...files,
      makeDirectory: (path) => (before(), files.makeDirectory(path)),
      createDirectory: (path) => (before(), files.createDirectory(path)),
      rename: (from, to) => (before(), files.rename(from, to)),
      remove: (path) => (before(), files.remove(path)),
      link: (target, path) => (before(), files.link(target, path)),
      flushDirectory: (path) => (before(), files.flushDirectory(path)),
      open: async (path, mode) => {
        before();
        const file = await files.open(path, mode);
        return {
          write: async (bytes) => {
            const isHalf = isTheLast();
            await file.write(isHalf ? bytes.subarray(0, bytes.byteLength >> 1) : bytes);
            if (isHalf) process.kill(process.pid, "SIGKILL");
          },
          flush: () => (before(), file.flush()),
          close: () => (before(), file.close()),
        };
      },
    },
  };
}
