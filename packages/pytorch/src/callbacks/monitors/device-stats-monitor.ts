import { MisconfigurationError, rejectUnknownOptions, type TrainingBackend } from "@lightning-ts/core";
import { Callback } from "../../contract/callback.js";
import type { LightningModule } from "../../contract/lightning-module.js";
import type { Trainer } from "../../contract/trainer.js";
import { badOption } from "../../errors/bad-option.js";
import type { Stage } from "../../words/stages.js";
import { CpuStatistics } from "./cpu-statistics.js";
import { isLogDue } from "./is-log-due.js";

export interface DeviceStatsMonitorOptions {
  /** Whether processors, memory and event loop are logged. @default only where the model runs on the CPU */
  readonly cpuStats?: boolean | undefined;
  /** The statistics to log, by their names, such as `"cpu_percent"`. @default all */
  readonly filterKeys?: readonly string[] | undefined;
}

/**
 * Logs how busy machine and engine are, at the beginning and the end of the batches that are logged anyway, as
 * `DeviceStatsMonitor.on_train_batch_start/cpu_percent`: processors, memory, how late the event loop is, tensors that
 * are alive and their bytes, and what the backend counts, such as graphs that were compiled.
 * @example
 * ```ts
 * import { DeviceStatsMonitor, Trainer } from "@lightning-ts/pytorch";
 *
 * const monitor = new DeviceStatsMonitor({ filterKeys: ["cpu_percent", "tensors.count"] });
 * const trainer = new Trainer({ maxEpochs: 10, callbacks: [monitor] });
 * ```
 */
export class DeviceStatsMonitor extends Callback {
  readonly #options: DeviceStatsMonitorOptions;
  #cpu: CpuStatistics | undefined;
  #backend: TrainingBackend | undefined;

  /** @throws MisconfigurationError for options that do not exist or have no meaning */
  constructor(options: DeviceStatsMonitorOptions = {}) {
    super();
    rejectUnknownOptions("DeviceStatsMonitor", options, ["cpuStats", "filterKeys"]);
    const { cpuStats, filterKeys } = options;
    if (cpuStats !== undefined && typeof cpuStats !== "boolean")
      throw badOption("DeviceStatsMonitor", "cpuStats", "true or false", cpuStats);
    if (filterKeys !== undefined && !(Array.isArray(filterKeys) && filterKeys.every((key) => typeof key === "string")))
      throw badOption("DeviceStatsMonitor", "filterKeys", "a list of names", filterKeys);
    this.#options = options;
  }

  override setup(trainer: Trainer, module: LightningModule, _stage: Stage): void {
    if (trainer.loggers.length === 0)
      throw new MisconfigurationError({
        message: "DeviceStatsMonitor has no logger to write to.",
        tryThis: "new Trainer({ logger: true }).",
      });
    const { machine } = trainer.ports;
    const { cpuStats } = this.#options;
    if (cpuStats === true && machine === undefined)
      throw new MisconfigurationError({
        message: "DeviceStatsMonitor cannot ask this platform for its processors and memory.",
        expected: "ports: { machine } of the Trainer, which nodePorts() has",
        tryThis: "cpuStats: false.",
      });
    this.#backend = module.device.backend;
    if (machine !== undefined && (cpuStats ?? module.device.type === "cpu")) this.#cpu = new CpuStatistics(machine);
    this.#warnOfUnknownKeys(trainer);
  }

  override teardown(): void {
    this.#cpu?.end();
    this.#cpu = undefined;
  }

  override onTrainBatchStart(trainer: Trainer): void {
    this.#log(trainer, "on_train_batch_start");
  }
  override onTrainBatchEnd(trainer: Trainer): void {
    this.#log(trainer, "on_train_batch_end");
  }
  override onValidationBatchStart(trainer: Trainer): void {
    this.#log(trainer, "on_validation_batch_start");
  }
  override onValidationBatchEnd(trainer: Trainer): void {
    this.#log(trainer, "on_validation_batch_end");
  }
  override onTestBatchStart(trainer: Trainer): void {
    this.#log(trainer, "on_test_batch_start");
  }
  override onTestBatchEnd(trainer: Trainer): void {
    this.#log(trainer, "on_test_batch_end");
  }

  #log(trainer: Trainer, hook: string): void {
    if (!isLogDue(trainer)) return;
    const separator = trainer.loggers[0]?.groupSeparator ?? "/";
    const { filterKeys } = this.#options;
    const wanted = Object.entries(this.#read()).filter(([key]) => filterKeys?.includes(key) ?? true);
    if (wanted.length === 0) return;
    const row = wanted.map(([key, value]) => [`DeviceStatsMonitor.${hook}${separator}${key}`, value]);
    trainer.logNow(Object.fromEntries(row), trainer.batchesThatStepped);
  }

  #read(): Record<string, number> {
    return { ...this.#cpu?.read(), ...(this.#backend === undefined ? {} : backendStatistics(this.#backend)) };
  }

  #warnOfUnknownKeys(trainer: Trainer): void {
    const known = Object.keys(this.#read());
    const unknown = (this.#options.filterKeys ?? []).filter((key) => !known.includes(key));
    if (unknown.length > 0)
      trainer.warn(
        "unknown device statistics",
        `DeviceStatsMonitor has no ${unknown.map((key) => `"${key}"`).join(", ")}. It has ${known.join(", ")}.`,
      );
  }
}

/** Tensors, memory, and what the engine counts. */
function backendStatistics(backend: TrainingBackend): Record<string, number> {
  const { numTensors, usedBytes, reservedBytes } = backend.memory();
  const counted = Object.entries(backend.statistics?.() ?? {});
  return {
    "tensors.count": numTensors,
    "tensors.bytes": usedBytes,
    ...(reservedBytes === undefined ? {} : { "reserved_bytes.all.current": reservedBytes }),
    ...Object.fromEntries(counted.map(([name, value]) => [`engine.${name}`, value])),
  };
}
