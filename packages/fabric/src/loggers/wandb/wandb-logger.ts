import {
  MisconfigurationError,
  rejectUnknownOptions,
  visibleName,
  visibleText,
  type Clock,
  type Environment,
  type FileSystem,
} from "@lightning-ts/core";
import { SerialQueue } from "../../background/serial-queue.js";
import { defaultPort } from "../../ports/default-ports.js";
import { plainParams } from "../hparams-file.js";
import type { FinalStatus, Logger } from "../logger.js";
import { metricName } from "../metric-name.js";
import { resolveFolder } from "../version-folder.js";
import { RunFile } from "./run-file.js";
import { newRunId, requireRunId, timeInName } from "./run-names.js";
import {
  configRecord,
  encodeRecord,
  exitRecord,
  headerRecord,
  historyRecord,
  runRecord,
  stepMetricRecords,
  summaryRecord,
  type RunRecord,
} from "./run-records.js";

export interface WandbLoggerOptions {
  /** @default `WANDB_PROJECT`, else "lightning_logs" */
  readonly project?: string | undefined;
  /** What the run is called. @default `WANDB_NAME`, else the server makes one up */
  readonly name?: string | undefined;
  /** Letters, digits, `-` and `_`. @default `WANDB_RUN_ID`, else a random one */
  readonly id?: string | undefined;
  /** Folder above `wandb/`; `~` is the home folder. @default `WANDB_DIR`, else the working folder */
  readonly saveDir?: string | undefined;
  /** The user or team. @default `WANDB_ENTITY`, else who syncs */
  readonly entity?: string | undefined;
  readonly group?: string | undefined;
  readonly jobType?: string | undefined;
  readonly notes?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  /** Put before every metric's name, with a `-`. @default none */
  readonly prefix?: string | undefined;
  /** Only true: runs are written into a folder, and `wandb sync` sends it. @default true */
  readonly offline?: true | undefined;
  /** @default the platform's, in Node */
  readonly files?: FileSystem | undefined;
  /** @default the platform's, in Node */
  readonly clock?: Clock | undefined;
  /** @default the platform's, in Node */
  readonly environment?: Pick<Environment, "get" | "hostName"> | undefined;
}

const OPTION_NAMES = [
  ...["project", "name", "id", "saveDir", "entity", "group", "jobType", "notes", "tags", "prefix", "offline"],
  ...["files", "clock", "environment"],
];
const STEP = "trainer/global_step";

/**
 * Writes runs for Weights & Biases into a folder, as its own library does offline; `wandb sync <folder>` of Python's
 * package sends them. Metrics are drawn over `trainer/global_step`, as Lightning 2.6's WandbLogger has them.
 * @example
 * ```ts
 * import { WandbLogger } from "@lightning-ts/fabric/wandb";
 *
 * const logger = new WandbLogger({ project: "mnist", saveDir: "logs", id: "run1" });
 * logger.logMetrics({ loss: 0.5 }, 0);
 * await logger.finalize("success"); // then: wandb sync logs/wandb/offline-run-*-run1
 * ```
 */
export class WandbLogger implements Logger {
  readonly kind = "logger";
  readonly groupSeparator = "/";
  readonly version: string;
  /** The project. */
  readonly name: string;
  /** The folder that `wandb sync` takes. */
  readonly logDir: string;
  readonly #options: WandbLoggerOptions;
  readonly #clock: Clock;
  readonly #environment: Pick<Environment, "get" | "hostName">;
  readonly #queue = new SerialQueue();
  readonly #file: RunFile;
  readonly #startMs: number;
  #records = 0;
  #rows = 0;
  #nextStep = 0;
  #latest: Record<string, number> = {};
  /** How long the file was before the run's end was written. */
  #lengthBeforeEnd: number | undefined;

  /** @throws MisconfigurationError for unknown options, an id that is no file's name, and `offline: false` */
  constructor(options: WandbLoggerOptions = {}) {
    rejectUnknownOptions("WandbLogger", options, OPTION_NAMES);
    if (options.offline !== undefined && !options.offline) throw onlyOffline();
    this.#options = options;
    const files = options.files ?? defaultPort("WandbLogger", "files");
    this.#clock = options.clock ?? defaultPort("WandbLogger", "clock");
    this.#environment = options.environment ?? defaultPort("WandbLogger", "environment");
    this.name = options.project ?? this.#environment.get("WANDB_PROJECT") ?? "lightning_logs";
    this.version = requireRunId(options.id ?? this.#environment.get("WANDB_RUN_ID") ?? newRunId());
    this.#startMs = this.#clock.wallTimeMs();
    const root = resolveFolder(files, options.saveDir ?? this.#environment.get("WANDB_DIR") ?? ".");
    const folder = visibleName(`offline-run-${timeInName(this.#startMs)}-${this.version}`);
    this.logDir = files.join(root, "wandb", folder);
    this.#file = new RunFile(files, files.join(this.logDir, `run-${this.version}.wandb`));
  }

  async open(): Promise<void> {
    this.#begin();
  }

  logMetrics(metrics: Readonly<Record<string, number>>, step: number = this.#nextStep): void {
    this.#begin();
    const { prefix } = this.#options;
    const named = Object.entries(metrics).map(([name, value]) => [metricName(prefix, name), value] as const);
    const nowMs = this.#clock.wallTimeMs();
    const times = { _timestamp: nowMs / 1000, _runtime: (nowMs - this.#startMs) / 1000, _step: this.#rows };
    // Built from entries, because assigning to a metric that is called __proto__ would lose it.
    const row = Object.fromEntries([...named, [STEP, step], ...Object.entries(times)]);
    this.#latest = Object.fromEntries([...Object.entries(this.#latest), ...Object.entries(row)]);
    this.#add(historyRecord(row, this.#rows));
    this.#rows += 1;
    this.#nextStep = step + 1;
  }

  logHyperparams(params: Readonly<Record<string, unknown>>): void {
    this.#begin();
    this.#add(configRecord(plainParams(params)));
  }

  async save(): Promise<void> {
    this.#begin();
    this.#queue.enqueue(() => this.#file.flush());
    await this.#queue.settled();
  }

  async finalize(status: FinalStatus): Promise<void> {
    if (this.#lengthBeforeEnd === undefined) await this.#end(status);
    this.#queue.enqueue(() => this.#file.flush());
    await this.#queue.settled();
  }

  async #end(status: FinalStatus): Promise<void> {
    await this.save();
    this.#lengthBeforeEnd = this.#file.length;
    if (Object.keys(this.#latest).length > 0) this.#add(summaryRecord(this.#latest));
    const seconds = Math.round((this.#clock.wallTimeMs() - this.#startMs) / 1000);
    this.#add(exitRecord(status === "failed" ? 1 : 0, seconds));
  }

  /** A run that had ended goes on: its end is cut off. */
  #begin(): void {
    if (this.#lengthBeforeEnd !== undefined) {
      this.#file.cut(this.#lengthBeforeEnd);
      this.#lengthBeforeEnd = undefined;
    }
    if (this.#records > 0) return;
    const { name, entity, group, jobType, notes, tags = [] } = this.#options;
    const facts = {
      id: this.version,
      project: this.name,
      entity: entity ?? this.#environment.get("WANDB_ENTITY"),
      name: name ?? this.#environment.get("WANDB_NAME"),
      ...{ group, jobType, notes, tags },
      host: this.#environment.hostName(),
      startMs: this.#startMs,
    };
    for (const record of [headerRecord(), runRecord(facts), ...stepMetricRecords(STEP)]) this.#add(record);
  }

  #add(record: RunRecord): void {
    this.#records += 1;
    this.#file.add(encodeRecord(record, this.#records));
  }
}

function onlyOffline(): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_LOGGERS",
    message: "WandbLogger writes runs into a folder, and does not send them while they train.",
    expected: "offline: true",
    received: "offline: false",
    tryThis: visibleText("wandb sync <folder> after the run, with Python's package wandb."),
  });
}
