import { LightningError } from "@lightning-ts/core";
import { adviceOnWriting } from "./file-error.js";

/** Nothing is at the path. */
export class CheckpointNotFoundError extends LightningError {
  readonly path: string;
  /** A file nearby whose name is alike. */
  readonly nearest: string | undefined;

  constructor(path: string, nearest: string | undefined) {
    super({
      code: "LIT_CKPT_NOT_FOUND",
      message: `There is no checkpoint at ${path}.`,
      tryThis:
        nearest === undefined
          ? "check the path; relative paths start at the working folder."
          : `${nearest} (did you mean that?)`,
    });
    this.path = path;
    this.nearest = nearest;
  }
}

/** The file is there but cannot be read: cut off, damaged, or made by something else. */
export class CheckpointFormatError extends LightningError {
  readonly path: string;

  constructor(path: string, reason: string, cause?: unknown) {
    super({
      code: "LIT_CKPT_FORMAT",
      message: `${path} is not a usable checkpoint: ${reason}`,
      tryThis: "an earlier checkpoint; for plain weights of another tool, loadRaw.",
      cause,
    });
    this.path = path;
  }
}

/** The file is there, and the operating system does not give what is in it. */
export class CheckpointReadError extends LightningError {
  readonly path: string;

  constructor(path: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super({
      code: "LIT_CKPT_READ",
      message: `The checkpoint ${path} could not be read: ${reason}.`,
      tryThis: "again, or an earlier checkpoint; a disk that gives such errors needs to be looked at.",
      cause,
    });
    this.path = path;
  }
}

/**
 * The checkpoint could not be written, and whatever was at the path before is still there. Where only the folder could
 * not be flushed, the new file is there, and `isInPlace` is true.
 */
export class CheckpointWriteError extends LightningError {
  readonly path: string;
  /** The new file is complete and at its path, but a power failure may still bring back what was there before. */
  readonly isInPlace: boolean;

  constructor(path: string, cause: unknown, { isInPlace = false }: { readonly isInPlace?: boolean | undefined } = {}) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super({
      code: "LIT_CKPT_WRITE",
      message: isInPlace
        ? `The checkpoint ${path} is complete and in place, but not yet safe from a power failure, which may bring back what was at this path before. ${reason}`
        : `The checkpoint ${path} could not be written: ${reason}. An older file at this path is intact.`,
      tryThis: isInPlace ? "saving again, or another folder." : adviceOnWriting(cause),
      cause,
    });
    this.path = path;
    this.isInPlace = isInPlace;
  }
}

/** A value that a checkpoint cannot hold. */
export class CheckpointValueError extends LightningError {
  /** The keys that lead to the value. */
  readonly path: readonly (string | number)[];

  constructor(path: readonly (string | number)[], received: string) {
    super({
      code: "LIT_CKPT_VALUE",
      message: `A checkpoint cannot hold what is at "${path.join(".")}".`,
      expected: "tensors, numbers, strings, booleans, null, byte arrays, and lists, maps and plain objects of these",
      received,
    });
    this.path = path;
  }
}

/** The content of a checkpoint and the objects that it should go into do not fit. */
export class CheckpointMismatchError extends LightningError {
  readonly path: string;
  /** What was asked for and is not in the file. */
  readonly missing: readonly string[];
  /** What is in the file and was not asked for. */
  readonly unexpected: readonly string[];

  constructor(options: {
    readonly path: string;
    readonly missing: readonly string[];
    readonly unexpected: readonly string[];
    readonly hint?: string | undefined;
    readonly cause?: unknown;
  }) {
    const parts = [`${options.path} does not fit this state.`];
    if (options.missing.length > 0) parts.push(`Missing in the file: ${options.missing.join(", ")}.`);
    if (options.unexpected.length > 0) parts.push(`In the file but not asked for: ${options.unexpected.join(", ")}.`);
    super({
      code: "LIT_CKPT_MISMATCH",
      message: parts.join(" "),
      tryThis: options.hint ?? "load with { strict: false } to skip what does not fit.",
      cause: options.cause,
    });
    this.path = options.path;
    this.missing = options.missing;
    this.unexpected = options.unexpected;
  }
}
