import { MisconfigurationError } from "@lightning-ts/core";
import { leashMaker, type Leash } from "./leash.js";

/** Numbers of the system call `futex`, which the C library does not wrap. */
const FUTEX: Readonly<Record<string, number>> = { x64: 202, arm64: 98 };
const FUTEX_WAIT = 0;
const FUTEX_WAKE = 1;
const EVERYBODY = 0x7fff_ffff;
const READ_AND_WRITE = 3;
const MAP_SHARED = 1;
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;
const PR_SET_PDEATHSIG = 1;
const SIGKILL = 9;
const WAIT_NANOSECONDS = 100_000_000n;

/** The calls of Linux that processes need to share memory. */
export interface LinuxCalls {
  /** Memory without a name; whoever gets the file descriptor can map it. */
  createMemory(name: string): number;
  /** Reserves and maps a part of it, for as long as the process lives. */
  map(descriptor: number, offsetBytes: number, sizeBytes: number): { readonly address: bigint; buffer: ArrayBuffer };
  /** Returns when somebody rings, when the word has another value, or after a tenth of a second. */
  waitForWord(address: bigint, value: number): void;
  waitForWordAsync(address: bigint, value: number): Promise<void>;
  wake(address: bigint): void;
  /** The kernel kills this process when its parent ends, whatever it does. */
  dieWithParent(): void;
  createLeash(): Leash | undefined;
}

/** @throws MisconfigurationError on other systems, and where C functions cannot be called */
export async function linuxCalls(): Promise<LinuxCalls> {
  const futexNumber = FUTEX[process.arch];
  if (process.platform !== "linux" || futexNumber === undefined)
    throw unavailable(`this is ${process.platform} on ${process.arch}; Linux on x64 or arm64 is needed`);
  const { default: koffi } = await import("koffi").catch((cause: unknown) => {
    throw unavailable(`koffi, which calls C functions, did not load: ${String(cause)}`, cause);
  });
  const libc = koffi.load(null);
  const create: (name: string, flags: number) => number = libc.func(
    "int memfd_create(const char *name, unsigned int flags)",
  );
  const reserve: (descriptor: number, offset: number, size: number) => number = libc.func(
    "int posix_fallocate(int fd, int64_t offset, int64_t size)",
  );
  const mmap: (...args: readonly [null, number, number, number, number, number]) => bigint = libc.func(
    "void *mmap(void *address, size_t size, int protection, int flags, int fd, int64_t offset)",
  );
  const futex = libc.func(
    "long syscall(long number, void *address, int operation, int value, void *timeout, void *other, int more)",
  );
  const prctl: (option: number, value: number) => number = libc.func("int prctl(int option, unsigned long value)");
  const timeout = new BigInt64Array([0n, WAIT_NANOSECONDS]);
  const timeoutAt = koffi.address(timeout.buffer);
  return {
    createMemory(name) {
      const descriptor = create(name, 0);
      if (descriptor < 0) throw unavailable("the kernel gave no memory to share (memfd_create)");
      return descriptor;
    },
    map(descriptor, offsetBytes, sizeBytes) {
      const problem = reserve(descriptor, offsetBytes, sizeBytes);
      if (problem !== 0) throw unavailable(`no ${sizeBytes} bytes could be reserved for sharing (error ${problem})`);
      const address = mmap(null, sizeBytes, READ_AND_WRITE, MAP_SHARED, descriptor, offsetBytes);
      if (address === MAP_FAILED) throw unavailable("the memory could not be mapped (mmap)");
      return { address, buffer: koffi.view(address, sizeBytes) };
    },
    waitForWord: (address, value) => void futex(futexNumber, address, FUTEX_WAIT, value, timeoutAt, null, 0),
    waitForWordAsync: (address, value) =>
      new Promise((resolve, reject) =>
        futex.async(futexNumber, address, FUTEX_WAIT, value, timeoutAt, null, 0, (error: Error | null) =>
          error === null ? resolve() : reject(error),
        ),
      ),
    wake: (address) => void futex(futexNumber, address, FUTEX_WAKE, EVERYBODY, null, null, 0),
    dieWithParent: () => void (timeout.length > 0 && prctl(PR_SET_PDEATHSIG, SIGKILL)),
    createLeash: leashMaker(libc),
  };
}

function unavailable(reason: string, cause?: unknown): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_RANKS",
    message: `Several processes cannot share memory here: ${reason}.`,
    tryThis: "devices: 1.",
    cause,
  });
}
