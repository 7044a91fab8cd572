import type { Clock, Environment, FileSystem } from "@lightning-ts/core";

export interface TensorBoardLoggerOptions {
  /** Folder above everything; `~` is the home folder. @default the working folder */
  readonly saveDir?: string | undefined;
  /** @default "lightning_logs" */
  readonly name?: string | undefined;
  /** A number gives `version_<n>`, a string is the folder's name. @default the next free number */
  readonly version?: string | number | undefined;
  /** Put before every metric's name, with a `-`. @default none */
  readonly prefix?: string | undefined;
  /** Folder below the version's, for the event files. @default none */
  readonly subDir?: string | undefined;
  /**
   * Write `hp_metric = -1` when hyperparameters are logged without metrics, so that TensorBoard shows them. @default
   * true
   */
  readonly defaultHpMetric?: boolean | undefined;
  /** Events that are buffered before they are written. @default 100 */
  readonly maxQueue?: number | undefined;
  /** Put at the end of the event files' names. @default none */
  readonly filenameSuffix?: string | undefined;
  /** @default the platform's, in Node */
  readonly files?: FileSystem | undefined;
  /** @default the platform's, in Node */
  readonly clock?: Clock | undefined;
  /** Machine and process stand in the event files' names. @default the platform's, in Node */
  readonly environment?: Pick<Environment, "hostName" | "processId"> | undefined;
}
