import {
  MisconfigurationError,
  rejectUnknownOptions,
  visibleName,
  visibleText,
  type FileSystem,
  type Terminal,
} from "@lightning-ts/core";
import { defaultPort } from "../ports/default-ports.js";
import { CsvTable } from "./csv-table.js";
import { hparamsFile } from "./hparams-file.js";
import type { FinalStatus, Logger } from "./logger.js";
import { metricName } from "./metric-name.js";
import { SerialQueue } from "../background/serial-queue.js";
import { resolveFolder, takeVersionFolder } from "./version-folder.js";

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

const OPTION_NAMES = ["saveDir", "name", "version", "prefix", "flushLogsEveryNSteps", "files", "terminal"] as const;

/**
 * Writes `<saveDir>/<name>/version_<n>/metrics.csv`: one row for each call, a `step` column, columns sorted, blank
 * cells for what a row does not have; and `hparams.yaml`. Matches Lightning 2.6's CSVLogger, except that rows are
 * written every `flushLogsEveryNSteps` and not after each call.
 * @example
 * ```ts
 * import { CSVLogger } from "@lightning-ts/fabric";
 *
 * const logger = new CSVLogger({ saveDir: "logs", name: "mnist" });
 * logger.logHyperparams({ lr: 0.1 });
 * logger.logMetrics({ loss: 0.5 }, 0);
 * await logger.finalize("success");
 * console.log(logger.logDir); // logs/mnist/version_0
 * ```
 */
export class CSVLogger implements Logger {
  readonly kind = "logger";
  readonly name: string;
  readonly groupSeparator = "/";
  readonly rootDir: string;
  readonly #prefix: string | undefined;
  readonly #flushEvery: number;
  readonly #files: FileSystem;
  readonly #terminal: Pick<Terminal, "warn">;
  readonly #queue = new SerialQueue();
  #version: string | number | undefined;
  #table: CsvTable | undefined;
  #logDir: string | undefined;
  #rows: Record<string, number>[] = [];
  #rowCount = 0;
  #hparams: Record<string, unknown> = {};
  #writtenHparams = this.#hparams;

  /** @throws MisconfigurationError for unknown options and a flush interval below 1 */
  constructor(options: CSVLoggerOptions = {}) {
    rejectUnknownOptions("CSVLogger", options, OPTION_NAMES);
    this.#flushEvery = options.flushLogsEveryNSteps ?? 100;
    if (!(this.#flushEvery >= 1))
      throw new MisconfigurationError({
        message: "flushLogsEveryNSteps is not usable.",
        expected: "a whole number above 0",
        received: String(this.#flushEvery),
      });
    this.#files = options.files ?? defaultPort("CSVLogger", "files");
    this.#terminal = options.terminal ?? defaultPort("CSVLogger", "terminal");
    this.name = options.name ?? "lightning_logs";
    this.rootDir = this.#files.join(resolveFolder(this.#files, options.saveDir ?? "."), visibleName(this.name));
    this.#prefix = options.prefix;
    this.#version = options.version;
  }

  get version(): string | number | undefined {
    return this.#version;
  }
  get logDir(): string | undefined {
    return this.#logDir;
  }

  async open(): Promise<void> {
    this.#queue.enqueue(async () => {
      await this.#open();
    });
    await this.#queue.settled();
  }

  logMetrics(metrics: Readonly<Record<string, number>>, step?: number): void {
    const values = Object.entries(metrics).map(([key, value]): [string, number] => [
      metricName(this.#prefix, key),
      value,
    ]);
    // Built from entries, because assigning to a metric that is called __proto__ would lose it.
    this.#rows.push(Object.fromEntries([["step", step ?? this.#rowCount], ...values]));
    this.#rowCount += 1;
    if (this.#rowCount % this.#flushEvery === 0) this.#writeInBackground();
  }

  logHyperparams(params: Readonly<Record<string, unknown>>): void {
    this.#hparams = { ...this.#hparams, ...params };
  }

  async save(): Promise<void> {
    this.#queue.enqueue(() => this.#write());
    await this.#queue.settled();
  }

  finalize(_status: FinalStatus): Promise<void> {
    return this.save();
  }

  async #open(): Promise<CsvTable> {
    if (this.#table !== undefined) return this.#table;
    const { version, path } = await takeVersionFolder(this.#files, this.rootDir, this.#version);
    this.#version = version;
    const table = new CsvTable(this.#files, this.#files.join(path, "metrics.csv"));
    if ((await this.#files.list(path)).length > 0) {
      this.#terminal.warn(
        visibleText(`CSVLogger: the folder ${path} exists and is not empty; metrics that are in it will be replaced.`),
      );
      await table.remove();
    }
    this.#logDir = path;
    this.#table = table;
    return table;
  }

  /** What cannot be written now is kept, and written by the next save, which says so where that fails too. */
  #writeInBackground(): void {
    this.#queue.enqueue(() => this.#write().catch(() => undefined));
  }

  async #write(): Promise<void> {
    const table = await this.#open();
    const rows = this.#rows;
    if (rows.length > 0) {
      await table.append(rows);
      this.#rows = this.#rows.slice(rows.length);
    }
    const hparams = this.#hparams;
    if (hparams === this.#writtenHparams || this.#logDir === undefined) return;
    await hparamsFile(this.#files, this.#logDir, hparams);
    this.#writtenHparams = hparams;
  }
}
