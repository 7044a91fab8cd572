import {
  MisconfigurationError,
  rejectUnknownOptions,
  type Clock,
  type Environment,
  type FileSystem,
} from "@lightning-ts/core";
import { SerialQueue } from "../../background/serial-queue.js";
import { defaultPort } from "../../ports/default-ports.js";
import type { FinalStatus, KeptCheckpoints, Logger } from "../logger.js";
import { metricName } from "../metric-name.js";
import { MlflowArtifacts } from "./mlflow-artifacts.js";
import { MlflowCheckpoints } from "./mlflow-checkpoints.js";
import { type Fetch, MlflowClient } from "./mlflow-client.js";
import { type MlflowRun, openRun } from "./mlflow-run.js";
import { metricOf, MOST_METRICS, MOST_PARAMS, paramsOf, type MlflowMetric, type MlflowParam } from "./mlflow-values.js";

export interface MLFlowLoggerOptions {
  /** Made on the server where it is not there. @default "lightning_logs" */
  readonly experimentName?: string | undefined;
  /** @default one that the server makes up */
  readonly runName?: string | undefined;
  /** The server's address, http or https; it may have a user and a password. @default `MLFLOW_TRACKING_URI` */
  readonly trackingUri?: string | undefined;
  /** Tags of a new run. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /**
   * Sends checkpoints of `ModelCheckpoint`: true sends those that are kept at the end, "all" each as soon as it is
   * saved (true does too where `saveTopK` is -1). @default false
   */
  readonly logModel?: boolean | "all" | undefined;
  /** Put before every metric's name, with a `-`. @default none */
  readonly prefix?: string | undefined;
  /** Where a new experiment keeps its files. @default what the server says */
  readonly artifactLocation?: string | undefined;
  /** A run that goes on. @default a new one */
  readonly runId?: string | undefined;
  /** @default the platform's, in Node */
  readonly files?: FileSystem | undefined;
  /** @default the platform's, in Node */
  readonly clock?: Clock | undefined;
  /** @default the platform's, in Node */
  readonly environment?: Pick<Environment, "get"> | undefined;
  /** @default the platform's */
  readonly fetch?: Fetch | undefined;
}

const OPTION_NAMES = [
  ...["experimentName", "runName", "trackingUri", "tags", "logModel", "prefix", "artifactLocation", "runId"],
  ...["files", "clock", "environment", "fetch"],
];

/** Sending checkpoints takes longer than closing a file. */
const CLOSING_MS = 600_000;
const STATUS = { success: "FINISHED", failed: "FAILED", finished: "FINISHED" } as const;

/**
 * Logs to a tracking server of MLflow: metrics, hyperparameters and, with `logModel`, checkpoints. Everything is
 * buffered and sent when the logger writes; what the server does not take is sent again the next time. Matches
 * Lightning 2.6's MLFlowLogger, for servers that speak HTTP.
 * @example
 * ```ts
 * import { MLFlowLogger } from "@lightning-ts/fabric/mlflow";
 *
 * const logger = new MLFlowLogger({ experimentName: "mnist", trackingUri: "http://127.0.0.1:5000", logModel: true });
 * console.log(logger.name); // mnist; the experiment's id, as soon as it is known
 * ```
 */
export class MLFlowLogger implements Logger {
  readonly kind = "logger";
  readonly groupSeparator = "/";
  readonly #options: MLFlowLoggerOptions;
  readonly #client: MlflowClient;
  readonly #files: FileSystem;
  readonly #clock: Clock;
  readonly #checkpoints: MlflowCheckpoints;
  readonly #queue = new SerialQueue();
  #run: MlflowRun | undefined;
  #isClosed = false;
  #metrics: MlflowMetric[] = [];
  #params: MlflowParam[] = [];
  #nextStep = 0;

  /** @throws MisconfigurationError for unknown options, and without a server's address */
  constructor(options: MLFlowLoggerOptions = {}) {
    rejectUnknownOptions("MLFlowLogger", options, OPTION_NAMES);
    this.#options = options;
    this.#files = options.files ?? defaultPort("MLFlowLogger", "files");
    this.#clock = options.clock ?? defaultPort("MLFlowLogger", "clock");
    const environment = options.environment ?? defaultPort("MLFlowLogger", "environment");
    this.#checkpoints = new MlflowCheckpoints(this.#files);
    this.#client = new MlflowClient({
      trackingUri: requireAddress(options.trackingUri ?? environment.get("MLFLOW_TRACKING_URI")),
      user: environment.get("MLFLOW_TRACKING_USERNAME"),
      password: environment.get("MLFLOW_TRACKING_PASSWORD"),
      token: environment.get("MLFLOW_TRACKING_TOKEN"),
      fetch: options.fetch ?? globalThis.fetch,
    });
  }

  /** The experiment's id; its name until the server was asked. */
  get name(): string {
    return this.#run?.experimentId ?? this.#options.experimentName ?? "lightning_logs";
  }
  /** The run's id. */
  get version(): string | undefined {
    return this.#run?.runId ?? this.#options.runId;
  }
  get closingMs(): number | undefined {
    return this.#checkpoints.areWaiting ? CLOSING_MS : undefined;
  }

  async open(): Promise<void> {
    this.#queue.enqueue(async () => {
      await this.#open();
    });
    await this.#queue.settled();
  }

  logMetrics(metrics: Readonly<Record<string, number>>, step: number = this.#nextStep): void {
    const { prefix } = this.#options;
    const nowMs = Math.trunc(this.#clock.wallTimeMs());
    for (const [name, value] of Object.entries(metrics))
      this.#metrics.push(metricOf(metricName(prefix, name), value, nowMs, step));
    this.#nextStep = step + 1;
  }

  logHyperparams(params: Readonly<Record<string, unknown>>): void {
    this.#params.push(...paramsOf(params));
  }

  afterSaveCheckpoint(kept: KeptCheckpoints): Promise<void> | undefined {
    const { logModel = false } = this.#options;
    if (logModel === false) return undefined;
    this.#checkpoints.add(kept);
    return logModel === "all" || kept.saveTopK === -1 ? this.#written({ sendsCheckpoints: true }) : undefined;
  }

  save(): Promise<void> {
    return this.#written({ sendsCheckpoints: false });
  }

  async finalize(status: FinalStatus): Promise<void> {
    this.#queue.enqueue(() => this.#write({ sendsCheckpoints: true }));
    this.#queue.enqueue(() => this.#end(status));
    await this.#queue.settled();
  }

  async #written(options: { readonly sendsCheckpoints: boolean }): Promise<void> {
    this.#queue.enqueue(() => this.#write(options));
    await this.#queue.settled();
  }

  async #open(): Promise<MlflowRun> {
    if (this.#run === undefined || this.#isClosed) {
      const { experimentName = "lightning_logs", artifactLocation, runName, tags = {}, runId } = this.#options;
      const goesOn = this.#run?.runId ?? runId;
      const startTimeMs = Math.trunc(this.#clock.wallTimeMs());
      const request = { experimentName, artifactLocation, runName, tags, runId: goesOn, startTimeMs };
      const run = await openRun(this.#client, request);
      if (goesOn !== undefined) await this.#client.post("runs/update", { run_id: run.runId, status: "RUNNING" });
      this.#run = run;
      this.#isClosed = false;
    }
    return this.#run;
  }

  async #write({ sendsCheckpoints }: { readonly sendsCheckpoints: boolean }): Promise<void> {
    const sendsFiles = sendsCheckpoints && this.#checkpoints.areWaiting;
    if (this.#isClosed && this.#metrics.length + this.#params.length === 0 && !sendsFiles) return;
    const { runId, artifactUri } = await this.#open();
    while (this.#params.length > 0) {
      const params = this.#params.slice(0, MOST_PARAMS);
      await this.#client.post("runs/log-batch", { run_id: runId, params });
      this.#params = this.#params.slice(params.length);
    }
    while (this.#metrics.length > 0) {
      const metrics = this.#metrics.slice(0, MOST_METRICS);
      await this.#client.post("runs/log-batch", { run_id: runId, metrics });
      this.#metrics = this.#metrics.slice(metrics.length);
    }
    if (sendsFiles) await this.#checkpoints.send(new MlflowArtifacts(this.#client, this.#files, artifactUri));
  }

  async #end(status: FinalStatus): Promise<void> {
    if (this.#run === undefined || this.#isClosed) return;
    const endTimeMs = Math.trunc(this.#clock.wallTimeMs());
    await this.#client.post("runs/update", { run_id: this.#run.runId, status: STATUS[status], end_time: endTimeMs });
    this.#isClosed = true;
  }
}

function requireAddress(trackingUri: string | undefined): string {
  if (trackingUri !== undefined && URL.canParse(trackingUri) && /^https?:/i.test(trackingUri)) return trackingUri;
  throw new MisconfigurationError({
    code: "LIT_LOGGERS",
    message: "MLFlowLogger does not know its server.",
    expected: "an address that begins with http:// or https://, in trackingUri or MLFLOW_TRACKING_URI",
    received: trackingUri === undefined ? "none" : `one that begins with ${trackingUri.slice(0, 8)}`,
    tryThis: `mlflow server --port 5000 in a terminal, and trackingUri: "http://127.0.0.1:5000".`,
  });
}
