import { MisconfigurationError, nearestName, type FileSystem } from "@lightning-ts/core";
import type { CheckpointCallback } from "../contract/known-callbacks.js";
import type { LightningModule } from "../contract/lightning-module.js";
import type { Stage } from "../words/stages.js";
import { outsideScope } from "../checkpoint/outside-scope.js";
import type { Trainer } from "../contract/trainer.js";
import { BestCheckpoints } from "./best-checkpoints.js";
import { Checkpoint } from "./checkpoint.js";
import { checkpointFolder } from "./checkpoint-folder.js";
import { formatCheckpointName } from "./checkpoint-name.js";
import { resolveTriggers, type CheckpointTriggers, type ModelCheckpointOptions } from "./model-checkpoint-options.js";
import { readModelCheckpointState, type ModelCheckpointState } from "./model-checkpoint-state.js";

/**
 * Writes checkpoints during `fit`: the best by a metric, the newest, and on demand `last.ckpt`.
 * Files replace each other only after the new one is safely written.
 */
export class ModelCheckpoint extends Checkpoint implements CheckpointCallback {
  static readonly JOIN_CHAR = "-";
  static readonly LAST_NAME = "last";
  static readonly FILE_EXTENSION = ".ckpt";
  static readonly STARTING_VERSION = 1;

  /** Folder of the files; known once a run has begun. */
  dirpath: string | undefined;
  bestModelPath = "";
  bestModelScore: number | undefined;
  lastModelPath = "";
  currentScore: number | undefined;
  readonly monitor: string | undefined;
  readonly #options: ModelCheckpointOptions;
  readonly #triggers: CheckpointTriggers;
  readonly #best: BestCheckpoints;
  #lastSavedStep = 0;
  #lastSavedMs: number | undefined;
  #isDeferred = false;
  #saveOnTrainEpochEnd = false;

  constructor(options: ModelCheckpointOptions = {}) {
    super();
    this.#triggers = resolveTriggers(options);
    this.#options = options;
    this.monitor = options.monitor;
    this.dirpath = options.dirpath;
    this.#best = new BestCheckpoints(options.mode ?? "min", options.saveTopK ?? 1);
  }

  override get stateKey(): string {
    const { monitor, mode = "min" } = this.#options;
    const { everyNTrainSteps, everyNEpochs, intervalMs } = this.#triggers;
    return `${this.constructor.name}${JSON.stringify({ monitor: monitor ?? null, mode, everyNTrainSteps, everyNEpochs, trainTimeInterval: intervalMs ?? null })}`;
  }

  /** Paths of the best files, with their scores. */
  get bestKModels(): Readonly<Record<string, number>> {
    return this.#best.scores;
  }
  get kthBestModelPath(): string {
    return this.#best.worst?.path ?? "";
  }
  get kthValue(): number | undefined {
    return this.#best.worst?.score;
  }

  override async setup(trainer: Trainer, _module: LightningModule, stage: Stage): Promise<void> {
    if (stage !== "fit") return;
    this.dirpath = checkpointFolder(trainer, this.#options.dirpath);
    this.#saveOnTrainEpochEnd = this.#options.saveOnTrainEpochEnd ?? trainer.validatesAtEpochEndOnly;
    if (trainer.fastDevRun > 0 || this.#options.saveTopK === 0) return;
    const { files } = trainer.ports;
    const found = await files.stat(this.dirpath);
    if (found?.isDirectory === true && (await files.list(this.dirpath)).length > 0)
      trainer.warn(`folder ${this.dirpath}`, `ModelCheckpoint: the folder ${this.dirpath} exists and is not empty.`);
  }

  override onTrainStart(trainer: Trainer): void {
    this.#lastSavedMs = trainer.ports.clock.now();
    if (this.#options.saveOnTrainEpochEnd === undefined) this.#saveOnTrainEpochEnd = trainer.validatesAtEpochEndOnly;
  }

  override onTrainBatchEnd(trainer: Trainer): void | Promise<void> {
    if (this.#skips(trainer) || !this.#isDueAfterBatch(trainer)) return;
    if (this.#waitsForValidation(trainer)) this.#isDeferred = true;
    else return outsideScope(this.#saveBestAndLast(trainer));
  }

  override async onTrainEpochEnd(trainer: Trainer): Promise<void> {
    if (this.#saveOnTrainEpochEnd) await this.#saveForEpoch(trainer);
  }

  override async onValidationEnd(trainer: Trainer): Promise<void> {
    if (this.#isDeferred && !this.#skips(trainer)) {
      this.#isDeferred = false;
      await this.#saveBestAndLast(trainer);
    }
    if (!this.#saveOnTrainEpochEnd) await this.#saveForEpoch(trainer);
  }

  override async onTrainEnd(trainer: Trainer): Promise<void> {
    const { saveLast = false } = this.#options;
    if (saveLast !== false && this.lastModelPath === "" && trainer.fastDevRun === 0 && trainer.globalStep > 0)
      await this.#saveLast(trainer);
  }

  override async onException(trainer: Trainer): Promise<void> {
    if (this.#options.saveOnException !== true || this.#skips(trainer)) return;
    await this.#write(trainer, await this.#freshPath(trainer, this.#fileName(trainer)));
    await this.#saveLast(trainer);
  }

  override stateDict(): ModelCheckpointState & Record<string, unknown> {
    return {
      version: 1,
      monitor: this.monitor ?? null,
      bestModelScore: this.bestModelScore ?? null,
      bestModelPath: this.bestModelPath,
      currentScore: this.currentScore ?? null,
      dirpath: this.dirpath ?? null,
      bestKModels: Object.entries(this.bestKModels),
      lastModelPath: this.lastModelPath,
    };
  }

  override loadStateDict(state: Record<string, unknown>): void {
    const read = readModelCheckpointState(state);
    this.bestModelPath = read.bestModelPath;
    this.bestModelScore = read.bestModelScore ?? undefined;
    if (read.dirpath !== null && this.dirpath !== undefined && read.dirpath !== this.dirpath) return;
    this.currentScore = read.currentScore ?? undefined;
    this.lastModelPath = read.lastModelPath;
    this.#best.restore(read.bestKModels);
  }

  /** Existing files that this callback would call `last`. */
  async listLast(files: FileSystem): Promise<readonly string[]> {
    const { dirpath } = this;
    if (dirpath === undefined || (await files.stat(dirpath))?.isDirectory !== true) return [];
    const names = await files.list(dirpath);
    return names.filter((name) => /^last(-v\d+)?\.ckpt$/.test(name)).map((name) => files.join(dirpath, name));
  }

  #skips(trainer: Trainer): boolean {
    return (
      trainer.fastDevRun > 0 ||
      trainer.stage !== "fit" ||
      trainer.sanityChecking ||
      trainer.globalStep === this.#lastSavedStep
    );
  }

  /** A monitored metric of a validation that is still to come. */
  #waitsForValidation(trainer: Trainer): boolean {
    if (this.monitor === undefined) return false;
    if (trainer.willValidateNow && !this.#saveOnTrainEpochEnd) return true;
    return trainer.hasValidation && trainer.readMetric(this.monitor) === undefined;
  }

  async #saveBestAndLast(trainer: Trainer): Promise<void> {
    await this.#saveBest(trainer);
    await this.#saveLast(trainer);
  }

  #isDueAfterBatch(trainer: Trainer): boolean {
    const { everyNTrainSteps, intervalMs } = this.#triggers;
    if (everyNTrainSteps > 0 && trainer.globalStep % everyNTrainSteps === 0) return true;
    if (intervalMs === undefined) return false;
    const now = trainer.ports.clock.now();
    if (now - (this.#lastSavedMs ?? now) < intervalMs) return false;
    this.#lastSavedMs = now;
    return true;
  }

  async #saveForEpoch(trainer: Trainer): Promise<void> {
    const { everyNEpochs } = this.#triggers;
    const isDue = everyNEpochs > 0 && (trainer.currentEpoch + 1) % everyNEpochs === 0;
    if (!this.#skips(trainer) && isDue) await this.#saveBest(trainer);
    if (
      this.#lastSavedStep === trainer.globalStep &&
      trainer.globalStep > 0 &&
      trainer.fastDevRun === 0 &&
      trainer.stage === "fit" &&
      !trainer.sanityChecking
    )
      await this.#saveLast(trainer);
  }

  async #saveBest(trainer: Trainer): Promise<void> {
    if ((this.#options.saveTopK ?? 1) === 0) return;
    await (this.monitor === undefined ? this.#saveNewest(trainer) : this.#saveMonitored(trainer, this.monitor));
  }

  async #saveNewest(trainer: Trainer): Promise<void> {
    const previous = this.bestModelPath;
    const name = this.#fileName(trainer);
    const path = previous === this.#pathOf(trainer, name) ? previous : await this.#freshPath(trainer, name);
    this.bestModelPath = path;
    await this.#write(trainer, path);
    if ((this.#options.saveTopK ?? 1) === 1 && previous !== path) await this.#remove(trainer, previous);
  }

  async #saveMonitored(trainer: Trainer, monitor: string): Promise<void> {
    const found = trainer.readMetric(monitor);
    if (found === undefined) return this.#reportMissing(trainer, monitor);
    const score = this.#best.normalize(found);
    this.currentScore = score;
    if (!this.#best.accepts(score)) {
      if (this.#options.verbose === true)
        trainer.say(`ModelCheckpoint: ${monitor} ${score} is not among the best ${this.#best.limit}.`);
      return;
    }
    const name = this.#fileName(trainer);
    const wouldReplace =
      this.#best.limit !== -1 && Object.keys(this.#best.scores).length >= this.#best.limit
        ? this.#best.worst?.path
        : undefined;
    const path = wouldReplace === this.#pathOf(trainer, name) ? wouldReplace : await this.#freshPath(trainer, name);
    const evicted = this.#best.add(path, score);
    this.bestModelPath = this.#best.best?.path ?? "";
    this.bestModelScore = this.#best.best?.score;
    await this.#write(trainer, path);
    if (this.#options.verbose === true) trainer.say(`ModelCheckpoint: ${monitor} ${score} saved as ${path}`);
    if (evicted !== undefined && evicted !== path) await this.#remove(trainer, evicted);
  }

  async #saveLast(trainer: Trainer): Promise<void> {
    const { saveLast = false } = this.#options;
    if (saveLast === false) return;
    const previous = this.lastModelPath;
    const path = this.#pathOf(trainer, ModelCheckpoint.LAST_NAME);
    const newest = this.bestModelPath;
    this.lastModelPath = path;
    if (
      saveLast === "link" &&
      newest !== "" &&
      this.#lastSavedStep === trainer.globalStep &&
      this.monitor === undefined
    ) {
      await trainer.ports.files.remove(path);
      await trainer.ports.files.link(newest, path);
    } else await this.#write(trainer, path);
    if (previous !== "" && previous !== path) await this.#remove(trainer, previous);
  }

  #fileName(trainer: Trainer): string {
    const { filename = "{epoch}-{step}", autoInsertMetricName } = this.#options;
    return formatCheckpointName(
      filename,
      { ...trainer.callbackMetrics, epoch: trainer.currentEpoch, step: trainer.globalStep },
      { autoInsertMetricName },
    );
  }

  #pathOf(trainer: Trainer, name: string): string {
    return trainer.ports.files.join(this.dirpath ?? "", name + ModelCheckpoint.FILE_EXTENSION);
  }

  /** The path for a name, with a version behind it when the file exists already. */
  async #freshPath(trainer: Trainer, name: string): Promise<string> {
    const { files } = trainer.ports;
    let path = this.#pathOf(trainer, name);
    if (this.#options.enableVersionCounter === false) return path;
    for (let version = ModelCheckpoint.STARTING_VERSION; (await files.stat(path)) !== undefined; version += 1)
      path = this.#pathOf(trainer, `${name}-v${version}`);
    return path;
  }

  async #write(trainer: Trainer, path: string): Promise<void> {
    await trainer.saveCheckpoint(path, { weightsOnly: this.#options.saveWeightsOnly ?? false });
    this.#lastSavedStep = trainer.globalStep;
  }

  /** Removes a file of ours: never one outside the folder, nor the one that the run was resumed from. */
  async #remove(trainer: Trainer, path: string): Promise<void> {
    const { files } = trainer.ports;
    if (path === "" || this.dirpath === undefined || path === trainer.ckptPath) return;
    if (!isInFolder(files, path, this.dirpath)) return;
    await trainer.removeCheckpoint(path);
  }

  #reportMissing(trainer: Trainer, monitor: string): void {
    const names = Object.keys(trainer.callbackMetrics);
    const nearest = nearestName(monitor, names);
    const text = `ModelCheckpoint watches "${monitor}", which was not logged`;
    if (!trainer.hasValidated && trainer.hasValidation)
      trainer.warn(`monitor ${monitor}`, `${text} yet; nothing is saved until it is.`);
    else
      throw new MisconfigurationError({
        code: "LIT_MONITOR",
        message: `${text}.`,
        expected: `one of ${names.join(", ") || "(nothing was logged)"}`,
        tryThis:
          nearest === undefined ? `log("${monitor}", …) in validationStep or trainingStep.` : `monitor: "${nearest}".`,
      });
  }
}

/** Whether a path leads into a folder, or into one below it: `runs-old/a` does not lead into `runs`. */
function isInFolder(files: FileSystem, path: string, folder: string): boolean {
  for (let parent = files.dirname(path); ; parent = files.dirname(parent)) {
    if (parent === folder) return true;
    if (files.dirname(parent) === parent) return false;
  }
}
