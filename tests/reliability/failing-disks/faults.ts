import { fileError, type FaultPlan, type FileOperation, type MemoryFiles } from "@lightning-ts/testing";

/** Operations that need room on the device. */
const NEEDS_ROOM: readonly FileOperation[] = [
  ...(["makeDirectory", "createDirectory", "open", "write", "flush"] as const),
  ...(["rename", "link", "flushDirectory"] as const),
];

/** A way in which a device fails. */
export interface Fault {
  readonly name: string;
  readonly code: "ENOSPC" | "EROFS" | "EIO";
  readonly message: string;
  /** Operations that it makes fail; all where it is not given. */
  readonly fails?: readonly FileOperation[];
}

export const FAULTS: readonly Fault[] = [
  { name: "full", code: "ENOSPC", message: "no space left on device", fails: NEEDS_ROOM },
  { name: "read-only", code: "EROFS", message: "read-only file system", fails: [...NEEDS_ROOM, "remove"] },
  { name: "broken", code: "EIO", message: "input/output error" },
];

/** How long it lasts, in operations; the device is as before after that. */
export const DURATIONS = [
  { name: "once", operations: 1 },
  { name: "for a while", operations: 25 },
  { name: "for good", operations: Number.POSITIVE_INFINITY },
] as const;

/** Fails from one operation on, counted over all operations on the files. */
export function failingFrom(
  files: MemoryFiles,
  { code, message, fails }: Fault,
  from: number,
  count: number,
): FaultPlan {
  const first = files.operations.length + from;
  return (operation, path) => {
    const at = files.operations.length - 1;
    const isNow = at >= first && at < first + count && (fails === undefined || fails.includes(operation));
    return isNow ? fileError(code, `${message}, ${operation} '${path}'`) : undefined;
  };
}
