import { outsideScope } from "@lightning-ts/core";
import type { CheckpointCallback } from "../contract/known-callbacks.js";
import type { LightningModule } from "../contract/lightning-module.js";
import type { Stage } from "../words/stages.js";
import type { Trainer } from "../contract/trainer.js";
import { BestCheckpoints } from "./best-checkpoints.js";
import { writeScores } from "./best-scores-file.js";
import { checkpointFolder, chooseFolder, takeCheckpointFolder, warnOfUsedFolder } from "./checkpoint-folder.js";
import { namesMetrics } from "./checkpoint-name.js";
import { linkToNewest } from "./link-to-newest.js";
import { isOnAllRanks, ledByRankZero, saveOnAllRanks } from "./led-by-rank-zero.js";
import { interruptedRemovals } from "./interrupted-removals.js";
import { OutdatedFiles } from "./outdated-files.js";
import { resolveTriggers, type CheckpointTriggers, type ModelCheckpointOptions } from "./model-checkpoint-options.js";
import { NamedCheckpoint } from "./named-checkpoint.js";
import { filesOf, readModelCheckpointState, type ModelCheckpointState } from "./model-checkpoint-state.js";
import { reportKept } from "./report-kept.js";
import { checkpointMetrics, reportMissingMetric, watchedScore } from "./watched-metric.js";
import { isSameBatch, isSameStep, NOTHING_SAVED, savedNow, type SavedState } from "./saved-state.js";

/**
 * Writes checkpoints during `fit`: the best by a metric, the newest, and on demand `last.ckpt`.
 * Files replace each other only after the new one is safely written.
 * @example
 * ```ts
 * import { ModelCheckpoint, Trainer } from "@lightning-ts/pytorch";
 *
 * const checkpoint = new ModelCheckpoint({ monitor: "val_acc", mode: "max", saveTopK: 2, saveLast: true });
 * const trainer = new Trainer({ maxEpochs: 10, callbacks: [checkpoint] });
 * ```
 */
export class ModelCheckpoint extends NamedCheckpoint implements CheckpointCallback {
  static override readonly stateName: string = "ModelCheckpoint";
  bestModelPath = "";
  bestModelScore: number | undefined;
  lastModelPath = "";
  currentScore: number | undefined;
  readonly monitor: string | undefined;
  readonly #options: ModelCheckpointOptions;
  readonly #triggers: CheckpointTriggers;
  readonly #best: BestCheckpoints;
  /** The newest file, without those that are called last. */
  #newest: SavedState = NOTHING_SAVED;
  /** What was written last, to whichever file. */
  #saved: SavedState = NOTHING_SAVED;
  #lastSavedMs: number | undefined;
  #isDeferred = false;
  /** A run that failed before that has nothing to save. */
  #isSetUp = false;
  #saveOnTrainEpochEnd = false;
  #outdated = new OutdatedFiles();
  /** Newest files before `bestModelPath`, where all are kept and no metric decides. */
  #earlier: string[] = [];

  constructor(options: ModelCheckpointOptions = {}) {
    super(options);
    this.#triggers = resolveTriggers(options);
    this.#options = options;
    this.monitor = options.monitor;
    this.#best = new BestCheckpoints(options.mode ?? "min", options.saveTopK ?? 1);
  }

  override get stateKey(): string {
    const { monitor, mode = "min" } = this.#options;
    const { everyNTrainSteps, everyNEpochs, intervalMs } = this.#triggers;
    return `${super.stateKey}${JSON.stringify({ monitor: monitor ?? null, mode, everyNTrainSteps, everyNEpochs, trainTimeInterval: intervalMs ?? null })}`;
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
    if (trainer !== this.lastTrainer) this.#saved = NOTHING_SAVED;
    this.lastTrainer = trainer;
    this.#isSetUp = true;
    if (stage !== "fit") return;
    const { dirpath, saveLast = false, saveTopK } = this.#options;
    const writes = trainer.fastDevRun === 0 && (saveTopK !== 0 || saveLast !== false);
    this.dirpath = writes ? await takeCheckpointFolder(trainer, dirpath) : checkpointFolder(trainer, dirpath);
    this.#saveOnTrainEpochEnd = this.#options.saveOnTrainEpochEnd ?? trainer.validatesAtEpochEndOnly;
    this.#isDeferred = false;
    if (trainer.fastDevRun > 0 || this.#options.saveTopK === 0) return;
    this.#outdated.clear();
    if (this.dirpath !== undefined) await warnOfUsedFolder(trainer, this.dirpath);
  }

  override onTrainStart(trainer: Trainer): void | Promise<void> {
    this.#lastSavedMs = trainer.ports.clock.now();
    if (this.#options.saveOnTrainEpochEnd === undefined) this.#saveOnTrainEpochEnd = trainer.validatesAtEpochEndOnly;
    const { ckptPath } = trainer;
    if (this.lastModelPath === "" && ckptPath !== undefined && this.isCalledLast(ckptPath))
      this.lastModelPath = ckptPath;
    if (this.#outdated.paths.length > 0) return this.#led(trainer, () => this.#removeOutdated(trainer));
  }

  override onTrainBatchEnd(trainer: Trainer): void | Promise<void> {
    const { everyNTrainSteps, intervalMs } = this.#triggers;
    const mayBeDue = intervalMs !== undefined || isEvery(everyNTrainSteps, trainer.globalStep);
    if (mayBeDue && this.#isActive(trainer)) return this.#led(trainer, () => this.#saveAfterBatch(trainer));
  }

  #saveAfterBatch(trainer: Trainer): void | Promise<void> {
    if (isSameStep(trainer, this.#saved) || !this.#isDueAfterBatch(trainer)) return;
    this.#isDeferred = this.#waitsForValidation(trainer);
    if (!this.#isDeferred) return outsideScope(this.#save(trainer));
    if (!trainer.willValidateNow) return outsideScope(this.#saveLast(trainer));
  }

  override async onTrainEpochEnd(trainer: Trainer): Promise<void> {
    if (!this.#isActive(trainer)) return;
    await this.#led(trainer, async () => {
      // The validation that was waited for did not come, or the epoch itself brings the metric.
      const isOverdue = this.#hasScore(trainer) || trainer.hasValidated || !trainer.hasValidation;
      if (this.#isDeferred && isOverdue) await this.#saveDeferred(trainer);
      if (this.#saveOnTrainEpochEnd) await this.#saveForEpoch(trainer);
    });
  }

  override async onValidationEnd(trainer: Trainer): Promise<void> {
    if (!this.#isActive(trainer)) return;
    await this.#led(trainer, async () => {
      const mayComeWithEpoch = trainer.isLastBatch && !this.#hasScore(trainer);
      if (this.#isDeferred && !mayComeWithEpoch) await this.#saveDeferred(trainer);
      if (!this.#saveOnTrainEpochEnd) await this.#saveForEpoch(trainer);
    });
  }

  override async onTrainEnd(trainer: Trainer): Promise<void> {
    if (trainer.fastDevRun !== 0 || trainer.globalStep === 0) return;
    await this.#led(trainer, async () => {
      try {
        if (this.lastModelPath === "") await this.#saveLast(trainer);
      } finally {
        await this.#forgetMissing(trainer);
      }
    });
  }

  override teardown(): void {
    this.#isSetUp = false;
  }

  override async onException(trainer: Trainer, _module: LightningModule, error: unknown): Promise<void> {
    if (!this.#isSetUp || !this.#isActive(trainer)) return;
    if (this.#options.saveOnException === true) await this.#saveOnException(trainer, error);
    if (trainer.isGlobalZero) await this.#forgetMissing(trainer);
  }

  async #saveOnException(trainer: Trainer, error: unknown): Promise<void> {
    if (!isOnAllRanks(trainer, error)) return;
    await this.#led(trainer, async () => {
      if (isSameBatch(trainer, this.#saved)) return;
      const path = await this.freshPath(trainer, checkpointMetrics(trainer), this.#options.filename, undefined);
      await this.#writeNewest(trainer, path, () => undefined);
      await this.#saveLast(trainer);
    });
  }

  #led(trainer: Trainer, decide: () => void | Promise<void>): void | Promise<void> {
    const { stateKey } = this;
    const [state, takeState] = [() => this.#state(), (read: ModelCheckpointState) => this.#takeState(read)];
    return ledByRankZero(trainer, { stateKey, state, takeState }, () => {
      if (this.dirpath !== undefined) return decide();
      return chooseFolder(trainer).then((folder) => ((this.dirpath = folder), decide()));
    });
  }

  override stateDict(): Record<string, unknown> {
    return { ...this.#state() };
  }

  #state(): ModelCheckpointState {
    return {
      version: 1,
      monitor: this.monitor ?? null,
      bestModelScore: this.bestModelScore ?? null,
      bestModelPath: this.bestModelPath,
      currentScore: this.currentScore ?? null,
      dirpath: this.dirpath ?? null,
      bestKModels: Object.entries(this.bestKModels),
      lastModelPath: this.lastModelPath,
      outdated: this.#outdated.paths,
    };
  }

  override loadStateDict(state: Record<string, unknown>): void {
    const read = readModelCheckpointState(state);
    if (read.dirpath !== null && this.dirpath !== undefined && read.dirpath !== this.dirpath) {
      this.lastTrainer?.warn(
        `dirpath ${this.dirpath}`,
        `ModelCheckpoint: the run that is resumed wrote to ${read.dirpath}, this one writes to ${this.dirpath}: only bestModelPath is taken over.`,
      );
      this.bestModelPath = read.bestModelPath;
      this.bestModelScore = read.bestModelScore ?? undefined;
      return;
    }
    this.#takeState(read);
  }

  #takeState(read: ModelCheckpointState): void {
    this.bestModelPath = read.bestModelPath;
    this.bestModelScore = read.bestModelScore ?? undefined;
    this.currentScore = read.currentScore ?? undefined;
    this.lastModelPath = read.lastModelPath;
    this.#best.restore(read.bestKModels);
    this.#outdated = new OutdatedFiles(read.outdated);
  }

  /** Writes `bestKModels` as YAML. */
  async toYaml(path = this.pathOf("best_k_models.yaml")): Promise<void> {
    await writeScores(this.files, path, this.bestKModels);
  }

  /** Whether this run writes checkpoints and has begun; a sanity check writes none. */
  #isActive(trainer: Trainer): boolean {
    return trainer.fastDevRun === 0 && trainer.stage === "fit" && (trainer.training || trainer.validating);
  }

  /**
   * Whether the file has to wait for the next validation, which brings a metric that decides or stands in its name. One
   * that was never logged may also come at the end of the epoch.
   */
  #waitsForValidation(trainer: Trainer): boolean {
    const isNamed = namesMetrics(this.#options.filename ?? "") || namesMetrics(this.CHECKPOINT_NAME_LAST);
    if (trainer.willValidateNow && (this.monitor !== undefined || isNamed)) return true;
    return !this.#hasScore(trainer);
  }

  #hasScore(trainer: Trainer): boolean {
    return this.monitor === undefined || watchedScore(trainer, this.monitor) !== undefined;
  }

  #isDueAfterBatch(trainer: Trainer): boolean {
    const { everyNTrainSteps, intervalMs } = this.#triggers;
    if (isEvery(everyNTrainSteps, trainer.globalStep)) return true;
    if (intervalMs === undefined) return false;
    const now = trainer.ports.clock.now();
    if (now - (this.#lastSavedMs ?? now) < intervalMs) return false;
    this.#lastSavedMs = now;
    return true;
  }

  async #saveDeferred(trainer: Trainer): Promise<void> {
    this.#isDeferred = false;
    if (!isSameStep(trainer, this.#newest)) await this.#save(trainer);
  }

  async #saveForEpoch(trainer: Trainer): Promise<void> {
    const isDue = isEvery(this.#triggers.everyNEpochs, trainer.currentEpoch + 1);
    if (isDue && !isSameStep(trainer, this.#saved)) await this.#save(trainer);
    else if (isSameStep(trainer, this.#saved) && trainer.globalStep > 0) await this.#saveLast(trainer);
  }

  /** Writes the best file and the last one. Files that they replace are removed when both are written. */
  async #save(trainer: Trainer): Promise<void> {
    const { saveTopK = 1 } = this.#options;
    const before = this.#state();
    if (saveTopK !== 0) await this.#saveBest(trainer);
    await this.#saveLast(trainer);
    try {
      await this.#outdated.removeFrom(trainer, this.dirpath);
    } catch (error) {
      // A file that is written in the background was not written: the one that it was to replace stays.
      if (await this.#lacksNewFile(trainer, before)) this.#takeState(before);
      await this.#forgetMissing(trainer);
      throw error;
    }
  }

  #saveBest(trainer: Trainer): Promise<void> {
    return this.monitor === undefined ? this.#saveNewest(trainer) : this.#saveMonitored(trainer, this.monitor);
  }

  async #saveNewest(trainer: Trainer): Promise<void> {
    const previous = this.bestModelPath;
    const path = await this.freshPath(trainer, checkpointMetrics(trainer), this.#options.filename, previous);
    await this.#writeNewest(trainer, path, () => {
      this.bestModelPath = path;
      this.#outdated.keep(path);
      if (previous === path || previous === "") return;
      if ((this.#options.saveTopK ?? 1) === 1) this.#outdated.add(previous);
      else this.#earlier.push(previous);
    });
  }

  async #saveMonitored(trainer: Trainer, monitor: string): Promise<void> {
    const found = watchedScore(trainer, monitor);
    if (found === undefined) return reportMissingMetric(trainer, monitor);
    const score = this.#best.normalize(found);
    this.currentScore = score;
    if (!this.#best.accepts(score)) {
      if (this.#options.verbose === true)
        trainer.say(`ModelCheckpoint: ${monitor} ${score} is not among the best ${this.#best.limit}.`);
      return;
    }
    const path = await this.freshPath(trainer, checkpointMetrics(trainer), this.#options.filename, this.#best.next);
    await this.#writeNewest(trainer, path, () => {
      const evicted = this.#best.add(path, score);
      this.#outdated.keep(path);
      if (evicted !== undefined) this.#outdated.add(evicted);
      this.bestModelPath = this.#best.best?.path ?? "";
      this.bestModelScore = this.#best.best?.score;
    });
    if (this.#options.verbose === true) trainer.say(`ModelCheckpoint: ${monitor} ${score} saved as ${path}`);
  }

  /** Writes the last file, which is the newest state whatever the metric says. */
  async #saveLast(trainer: Trainer): Promise<void> {
    const { saveLast = false } = this.#options;
    if (saveLast === false) return;
    const previous = this.lastModelPath;
    const path = await this.freshPath(trainer, checkpointMetrics(trainer), this.CHECKPOINT_NAME_LAST, previous);
    const isLinked =
      saveLast === "link" &&
      isSameBatch(trainer, this.#newest) &&
      (await linkToNewest(trainer, this.#newest.path, path));
    if (isLinked) this.lastModelPath = path;
    else
      await this.#write(trainer, path, () => {
        this.lastModelPath = path;
        this.#outdated.keep(path);
        if (previous !== path && previous !== "") this.#outdated.add(previous);
      });
    if (previous === path || previous === "") return;
    await this.#outdated.remove(trainer, this.dirpath, previous);
  }

  async #writeNewest(trainer: Trainer, path: string, change: () => void): Promise<void> {
    await this.#write(trainer, path, change);
    this.#newest = this.#saved;
  }

  /**
   * Writes a file.
   * @param change what the state of this callback in the file says already; taken back when the file cannot be written
   */
  async #write(trainer: Trainer, path: string, change: () => void): Promise<void> {
    const before = this.#state();
    change();
    try {
      await saveOnAllRanks(trainer, this.stateKey, path, { weightsOnly: this.#options.saveWeightsOnly ?? false });
    } catch (error) {
      this.#takeState(before);
      await this.#forgetMissing(trainer);
      throw error;
    }
    this.#saved = savedNow(trainer, path);
    await reportKept(trainer, this.stateKey, this.#state(), this.#options);
  }

  /** Whether a file that was named since `before` is not there. */
  async #lacksNewFile(trainer: Trainer, before: ModelCheckpointState): Promise<boolean> {
    const known = new Set(filesOf(before));
    for (const path of filesOf(this.#state())) if (!known.has(path) && (await this.isGone(path, trainer))) return true;
    return false;
  }

  /**
   * Forgets files that are not there: one that is written in the background may fail long after it was named. Waits for
   * those that are still being written.
   */
  async #forgetMissing(trainer: Trainer): Promise<void> {
    for (const path of Object.keys(this.bestKModels)) if (await this.isGone(path, trainer)) this.#best.remove(path);
    if (this.bestModelPath !== "" && (await this.isGone(this.bestModelPath, trainer))) {
      this.bestModelPath = this.#best.best?.path ?? (await this.#newestEarlier(trainer));
      this.bestModelScore = this.#best.best?.score;
    }
    if (this.lastModelPath !== "" && (await this.isGone(this.lastModelPath, trainer))) this.lastModelPath = "";
  }

  async #newestEarlier(trainer: Trainer): Promise<string> {
    for (let path = this.#earlier.pop(); path !== undefined; path = this.#earlier.pop())
      if (!(await this.isGone(path, trainer))) return path;
    return "";
  }

  /** Ends what the run was about to do when it was killed: removing files of its own that others had replaced. */
  async #removeOutdated(trainer: Trainer): Promise<void> {
    this.#outdated = new OutdatedFiles(await interruptedRemovals(trainer, this.#state()));
    await this.#outdated.removeFrom(trainer, this.dirpath);
  }
}

/** Whether one in `every` is reached; with 0 none is, as nothing can be divided by it. */
function isEvery(every: number, count: number): boolean {
  return count % every === 0;
}
