import { constants } from "node:os";
import type { LibraryHandle } from "koffi";

const O_CLOEXEC = 0o2_000_000;
const O_ASYNC = 0o20_000;
const F_GETFL = 3;
const F_SETFL = 4;
const F_SETOWN = 8;
const F_SETSIG = 10;

/**
 * A pipe by which a process takes one that it starts along when it ends. The kernel sends a signal to the owner of the
 * reading end when nobody has the other end any more: so a child ends with its parent from its first moment on,
 * while nothing of it has run that could look after itself, and also one that knows nothing of us.
 */
export interface Leash {
  /** The reading end, which the child inherits. */
  readonly descriptor: number;
  /** Makes the child its owner. @param signal what it gets when this process has ended */
  tie(processId: number, signal: "SIGKILL" | "SIGTERM"): void;
}

/** @returns what makes leashes; undefined where there is no pipe to be had, and children look after themselves later */
export function leashMaker(libc: LibraryHandle): () => Leash | undefined {
  const pipe: (ends: Int32Array, flags: number) => number = libc.func("int pipe2(int *ends, int flags)");
  const control: (descriptor: number, command: number, argument: number) => number = libc.func(
    "int fcntl(int fd, int command, long argument)",
  );
  const close: (descriptor: number) => number = libc.func("int close(int fd)");
  return () => {
    // The writing end stays open as long as this process lives, and belongs to it alone.
    const ends = new Int32Array(2);
    const [descriptor] = pipe(ends, O_CLOEXEC) === 0 ? ends : [];
    if (descriptor === undefined) return undefined;
    return {
      descriptor,
      tie(processId, signal) {
        control(descriptor, F_SETOWN, processId);
        control(descriptor, F_SETSIG, constants.signals[signal]);
        control(descriptor, F_SETFL, control(descriptor, F_GETFL, 0) | O_ASYNC);
        close(descriptor);
      },
    };
  };
}
