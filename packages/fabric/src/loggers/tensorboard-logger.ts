import {
  rejectUnknownOptions,
  visibleName,
  type Clock,
  type Environment,
  type FileSystem,
  type nn,
} from "@lightning-ts/core";
import { makeFolder } from "../checkpoint/make-folder.js";
import { replaceFile } from "../checkpoint/replace-file.js";
import { defaultPort } from "../ports/default-ports.js";
import { flattenParams, hparamsFile } from "./hparams-file.js";
import type { FinalStatus, LogImage, Logger } from "./logger.js";
import { metricName } from "./metric-name.js";
import { SerialQueue } from "../background/serial-queue.js";
import { EventFile, type EventFileStart } from "./tensorboard/event-file.js";
import {
  graphEvent,
  histogramValue,
  imageValues,
  scalarValue,
  summaryEvent,
  textValue,
  versionEvent,
  type SummaryValues,
} from "./tensorboard/event-messages.js";
import { hparamsValues } from "./tensorboard/hparams-messages.js";
import { SummaryWriter } from "./tensorboard/summary-writer.js";
import { resolveFolder, takeVersionFolder } from "./version-folder.js";

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
  /**
   * Log the graph of the model when a run of a Trainer begins, as `experiment.addGraph` finds it. The module needs an
   * `exampleInputArray`. @default false
   */
  readonly logGraph?: boolean | undefined;
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

const OPTION_NAMES = [
  "saveDir",
  "name",
  "version",
  "prefix",
  "subDir",
  "defaultHpMetric",
  "logGraph",
  "maxQueue",
  "filenameSuffix",
  "files",
  "clock",
  "environment",
] as const;

let filesSoFar = 0;

/**
 * Writes event files that TensorBoard reads, to `<saveDir>/<name>/version_<n>[/<subDir>]`: scalars, text, images,
 * histograms and hyperparameters; `experiment` has more. Scalars are float32 there, as TensorBoard stores them. Matches
 * Lightning 2.6's TensorBoardLogger.
 * @example
 * ```ts
 * import { TensorBoardLogger } from "@lightning-ts/fabric";
 *
 * const logger = new TensorBoardLogger({ saveDir: "logs", name: "mnist" });
 * logger.logMetrics({ loss: 0.5 }, 0);
 * await logger.finalize("success"); // then: tensorboard --logdir logs
 * ```
 */
export class TensorBoardLogger implements Logger {
  readonly kind = "logger";
  readonly name: string;
  readonly groupSeparator = "/";
  readonly rootDir: string;
  readonly #options: TensorBoardLoggerOptions;
  readonly #files: FileSystem;
  readonly #clock: Clock;
  readonly #environment: Pick<Environment, "hostName" | "processId">;
  /** By the folder of the run below the log dir; "" is the logger's own. */
  readonly #events = new Map<string, EventFile>();
  /** Files that are to be written, by their paths below the log dir. */
  readonly #pendingFiles = new Map<string, Uint8Array | Promise<Uint8Array>>();
  readonly #queue = new SerialQueue();
  #version: string | number | undefined;
  #logDir: string | undefined;
  #nextStep = 0;
  #hparams: Record<string, unknown> = {};
  #writtenHparams = this.#hparams;

  /** PyTorch's SummaryWriter, for what has no method of the logger's: curves, embeddings, audio and more. */
  readonly experiment = new SummaryWriter({
    add: (values, step, run) => this.#add(values, step, run),
    addGraph: (graph) => this.#addEvent(graphEvent(this.#clock.wallTimeMs(), graph), ""),
    addFiles: (files) => {
      for (const [path, bytes] of Object.entries(files)) {
        // The next save says what went wrong.
        if (bytes instanceof Promise) bytes.catch(() => undefined);
        this.#pendingFiles.set(path, bytes);
      }
    },
    wallTimeMs: () => this.#clock.wallTimeMs(),
  });

  /** @throws MisconfigurationError for unknown options */
  constructor(options: TensorBoardLoggerOptions = {}) {
    rejectUnknownOptions("TensorBoardLogger", options, OPTION_NAMES);
    this.#options = options;
    this.#files = options.files ?? defaultPort("TensorBoardLogger", "files");
    this.#clock = options.clock ?? defaultPort("TensorBoardLogger", "clock");
    this.#environment = options.environment ?? defaultPort("TensorBoardLogger", "environment");
    this.name = options.name ?? "lightning_logs";
    this.rootDir = this.#files.join(resolveFolder(this.#files, options.saveDir ?? "."), visibleName(this.name));
    this.#version = options.version;
  }

  get version(): string | number | undefined {
    return this.#version;
  }
  get logDir(): string | undefined {
    return this.#logDir;
  }

  async open(): Promise<void> {
    this.#queue.enqueue(() => this.#open());
    await this.#queue.settled();
  }

  logMetrics(metrics: Readonly<Record<string, number>>, step: number = this.#nextStep): void {
    const { prefix } = this.#options;
    const values = Object.entries(metrics).map(([name, value]) => scalarValue(metricName(prefix, name), value));
    this.#add(values, step);
  }

  logHyperparams(params: Readonly<Record<string, unknown>>, metrics?: Readonly<Record<string, number>>): void {
    this.#hparams = { ...this.#hparams, ...params };
    const shown = metrics ?? (this.#options.defaultHpMetric === false ? undefined : { hp_metric: -1 });
    if (shown === undefined) return;
    this.logMetrics(shown, 0);
    this.#add(hparamsValues(flattenParams(params), Object.keys(shown)), 0);
  }

  get wantsGraph(): boolean {
    return this.#options.logGraph ?? false;
  }

  logGraph(model: nn.Module, input: unknown): Promise<void> {
    return this.experiment.addGraph(model, input);
  }

  logText(name: string, text: string, step: number = this.#nextStep): void {
    this.#add([textValue(name, text)], step);
  }
  logImage(name: string, image: LogImage, step: number = this.#nextStep): void {
    this.#add(imageValues(name, image), step);
  }
  logHistogram(name: string, values: ArrayLike<number>, step: number = this.#nextStep): void {
    this.#add([histogramValue(name, values)], step);
  }

  async save(): Promise<void> {
    this.#queue.enqueue(() => this.#write());
    await this.#queue.settled();
  }

  async finalize(_status: FinalStatus): Promise<void> {
    this.#queue.enqueue(() => this.#write());
    this.#queue.enqueue(() => this.#close());
    await this.#queue.settled();
  }

  #add(values: SummaryValues, step: number, run = ""): void {
    if (run === "") this.#nextStep = step + 1;
    const wallTimeMs = this.#clock.wallTimeMs();
    const event =
      values instanceof Promise
        ? values.then((later) => summaryEvent(wallTimeMs, step, later))
        : summaryEvent(wallTimeMs, step, values);
    this.#addEvent(event, run);
  }

  #addEvent(event: Uint8Array | Promise<Uint8Array>, run: string): void {
    const folder = visibleName(run);
    let events = this.#events.get(folder);
    if (events === undefined)
      this.#events.set(folder, (events = new EventFile(this.#files, () => this.#startFile(folder))));
    events.add(event);
    if (events.pendingCount % (this.#options.maxQueue ?? 100) === 0) this.#writeInBackground();
  }

  async #open(): Promise<void> {
    if (this.#logDir !== undefined) return;
    const { version, path } = await takeVersionFolder(this.#files, this.rootDir, this.#version);
    this.#version = version;
    const logDir =
      this.#options.subDir === undefined ? path : this.#files.join(path, visibleName(this.#options.subDir));
    await makeFolder(this.#files, logDir);
    this.#logDir = logDir;
  }

  /** What cannot be written now is kept, and written by the next save, which says so where that fails too. */
  #writeInBackground(): void {
    this.#queue.enqueue(() => this.#write().catch(() => undefined));
  }

  async #write(): Promise<void> {
    await this.#open();
    const logDir = this.#logDir ?? this.rootDir;
    for (const [run, events] of this.#events) {
      if (run !== "" && events.pendingCount > 0) await makeFolder(this.#files, this.#files.join(logDir, run));
      await events.flush();
    }
    for (const [path, bytes] of this.#pendingFiles) {
      const whole = this.#files.join(logDir, path);
      await makeFolder(this.#files, this.#files.dirname(whole));
      await replaceFile(this.#files, whole, async (file) => file.write(await bytes));
      if (this.#pendingFiles.get(path) === bytes) this.#pendingFiles.delete(path);
    }
    const hparams = this.#hparams;
    if (hparams === this.#writtenHparams) return;
    await hparamsFile(this.#files, logDir, hparams);
    this.#writtenHparams = hparams;
  }

  async #close(): Promise<void> {
    for (const events of this.#events.values()) await events.close();
  }

  #startFile(run: string): EventFileStart {
    filesSoFar += 1;
    const nowMs = this.#clock.wallTimeMs();
    const place = `${this.#environment.hostName()}.${this.#environment.processId()}`;
    const name = `events.out.tfevents.${Math.floor(nowMs / 1000)}.${place}.${filesSoFar}${visibleName(this.#options.filenameSuffix ?? "")}`;
    const folder = this.#logDir ?? this.rootDir;
    const path = run === "" ? this.#files.join(folder, name) : this.#files.join(folder, run, name);
    return { path, firstEvent: versionEvent(nowMs) };
  }
}
