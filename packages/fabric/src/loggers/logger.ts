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
  logHyperparams?(params: Readonly<Record<string, unknown>>, metrics?: Readonly<Record<string, number>>): void;
  logText?(name: string, text: string, step?: number): void;
  logImage?(name: string, image: LogImage, step?: number): void;
  logHistogram?(name: string, values: ArrayLike<number>, step?: number): void;
  /** Writes what is buffered. */
  save(): Promise<void>;
  /** Writes what is buffered and closes. Logging afterwards opens again. */
  finalize(status: FinalStatus): Promise<void>;
}
