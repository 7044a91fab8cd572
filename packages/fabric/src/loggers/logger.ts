import type { nn } from "@lightning-ts/core";

/** How a run ended: `finished` means that it will go on in another process (requeued). */
export type FinalStatus = "success" | "failed" | "finished";

/** Pixels of an image: rows × columns × channels, 0 … 255. */
export interface LogImage {
  readonly height: number;
  readonly width: number;
  /** 1 grey, 3 colour, 4 colour with opacity */
  readonly channels: 1 | 3 | 4;
  readonly pixels: Uint8Array;
}

/** The files that a callback for checkpoints keeps, after it has saved one. */
export interface KeptCheckpoints {
  /** Tells callbacks apart. */
  readonly callback: string;
  /** "" where there is none. */
  readonly bestModelPath: string;
  /** "" where there is none. */
  readonly lastModelPath: string;
  /** The best files with their scores. */
  readonly scores: ReadonlyMap<string, number>;
  /** -1 keeps all files. */
  readonly saveTopK: number;
  /** What the callback was asked for, to be written beside its files. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * Writes down what a run reports. Methods that log only buffer; `save` and `finalize` write.
 * What cannot be written is reported by the next `save` or `finalize`. Called on rank 0 only.
 * Values are numbers: who logs tensors reads them first.
 */
export interface Logger {
  readonly kind: "logger";
  readonly name: string;
  /** Known after `open`. */
  readonly version: string | number | undefined;
  /** Folder above the versions, where the logger has one. */
  readonly rootDir?: string | undefined;
  /** Folder of this version; known after `open`. */
  readonly logDir?: string | undefined;
  /** Stands between the parts of a grouped metric's name. */
  readonly groupSeparator: string;
  /** Finds out the version and makes the folder. Loops call it before the first step; repeated calls do nothing. */
  open(): Promise<void>;
  /** @param step x axis; without it the logger counts by itself */
  logMetrics(metrics: Readonly<Record<string, number>>, step?: number): void;
  logHyperparams(params: Readonly<Record<string, unknown>>, metrics?: Readonly<Record<string, number>>): void;
  logText?(name: string, text: string, step?: number): void;
  logImage?(name: string, image: LogImage, step?: number): void;
  logHistogram?(name: string, values: ArrayLike<number>, step?: number): void;
  /** Whether it is to get the graph of the model when a run of a Trainer begins. @default false */
  readonly wantsGraph?: boolean | undefined;
  /** Takes the graph of a model's forward. @param input what `forward` takes, for its shapes */
  logGraph?(model: nn.Module, input: unknown): void | Promise<void>;
  /**
   * A callback has saved a checkpoint. Who sends it right away returns a promise, which is waited for. The file may
   * still be on its way to the disk.
   */
  afterSaveCheckpoint?(kept: KeptCheckpoints): PromiseLike<void> | undefined;
  /** How long `finalize` may take; what lasts longer is left alone. @default 5000 */
  readonly closingMs?: number | undefined;
  /** Writes what is buffered. */
  save(): Promise<void>;
  /** Writes what is buffered and closes. Logging afterwards opens again. */
  finalize(status: FinalStatus): Promise<void>;
}
