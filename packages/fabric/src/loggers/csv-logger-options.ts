import type { FileSystem, Terminal } from "@lightning-ts/core";

export interface CSVLoggerOptions {
  /** Folder above everything; `~` is the home folder. @default the working folder */
  readonly saveDir?: string | undefined;
  /** @default "lightning_logs" */
  readonly name?: string | undefined;
  /** A number gives `version_<n>`, a string is the folder's name. @default the next free number */
  readonly version?: string | number | undefined;
  /** Put before every metric's name, with a `-`. @default none */
  readonly prefix?: string | undefined;
  /** Rows that are buffered before they are written. @default 100 */
  readonly flushLogsEveryNSteps?: number | undefined;
  /** @default the platform's, in Node */
  readonly files?: FileSystem | undefined;
  /** Where warnings go. @default the process's error stream */
  readonly terminal?: Pick<Terminal, "warn"> | undefined;
}
