import { classNameOf, MisconfigurationError, toDevice, type ComparableBatch } from "@lightning-ts/core";
import type { Device } from "@lightning-ts/fabric";
import { lengthOf, flattenLoaders, isBatchSource, isLoaderList } from "../data/loader-tree.js";
import { blameCaller } from "../errors/blame-caller.js";
import { notDefined } from "../errors/not-defined.js";
import { HyperparameterRecord, type SaveHyperparametersOptions } from "./hparams.js";
import {
  loadDataModule,
  type AnyDataModule,
  type LoadFromCheckpointOptions,
  type ModuleClass,
} from "./load-from-checkpoint.js";
import type { Loaders, TrainLoaders } from "./loaders.js";
import type { Stage } from "../words/stages.js";
import type { Trainer } from "./trainer.js";
import { makeFromDatasets, type DatasetsOptions } from "./from-datasets.js";

type Hook = void | Promise<void>;

/**
 * Data and how it is prepared, split and loaded, apart from any model.
 * `TBatch` is the module's batch, with its tensors on the device; on the host loaders may yield a `tf.TensorBuffer` for
 * each tensor in it.
 * @example
 * ```ts
 * import { ArrayDataset, DataLoader } from "@lightning-ts/core";
 * import { LightningDataModule } from "@lightning-ts/pytorch";
 *
 * class Digits extends LightningDataModule {
 *   #train = new ArrayDataset<number>([]);
 *
 *   override setup() {
 *     this.#train = new ArrayDataset([1, 2, 3, 4]);
 *   }
 *
 *   override trainDataloader() {
 *     return new DataLoader(this.#train, { batchSize: 2, shuffle: true });
 *   }
 * }
 * const data = new Digits();
 * data.setup();
 * for await (const batch of data.trainDataloader()) console.log(batch.shape); // [2], twice
 * ```
 */
export class LightningDataModule<TBatch = unknown, THparams extends object = object> {
  /** For the compiler, and never there: a batch on the device, where it is known. */
  declare readonly batchType: unknown extends TBatch ? never : ComparableBatch<TBatch>;
  readonly #hparams = new HyperparameterRecord<THparams>();
  #trainer: Trainer | undefined;
  /** For whoever tells data modules apart. */
  name: string | undefined = undefined;
  /** Whether one process of each machine prepares data, or one of all. @default true */
  prepareDataPerNode = true;
  /** Whether a loader may be empty on some ranks only: all of them then go without it. @default false */
  allowZeroLengthDataloaderWithMultipleDevices = false;

  /** Downloads or prepares data, once per machine; keeps nothing on `this`. */
  prepareData(): Hook {}
  /** Makes datasets. Called at the start of every fit, validate, test and predict. */
  setup(_stage: Stage): Hook {}
  /** Called at the end of a run, also of one that failed; then it gets the error. */
  teardown(_stage: Stage, _error?: unknown): Hook {}
  onException(_error: unknown): Hook {}

  trainDataloader(): TrainLoaders<TBatch> | Promise<TrainLoaders<TBatch>> {
    throw notDefined(this, "trainDataloader");
  }
  valDataloader(): Loaders<TBatch> | Promise<Loaders<TBatch>> {
    throw notDefined(this, "valDataloader");
  }
  testDataloader(): Loaders<TBatch> | Promise<Loaders<TBatch>> {
    throw notDefined(this, "testDataloader");
  }
  predictDataloader(): Loaders<TBatch> | Promise<Loaders<TBatch>> {
    throw notDefined(this, "predictDataloader");
  }

  /** Changes a host batch before it is moved to the device. */
  onBeforeBatchTransfer(batch: unknown, _dataloaderIdx: number): unknown {
    return batch;
  }
  transferBatchToDevice(batch: unknown, _device: Device, _dataloaderIdx: number): unknown {
    return toDevice(batch);
  }
  onAfterBatchTransfer(batch: unknown, _dataloaderIdx: number): unknown {
    return batch;
  }

  /** Plain values to keep in a checkpoint. An empty object is not stored. */
  stateDict(): Record<string, unknown> | Promise<Record<string, unknown>> {
    return {};
  }
  loadStateDict(_state: Record<string, unknown>): Hook {}

  saveHyperparameters(hparams: Partial<THparams>, options: SaveHyperparametersOptions = {}): void {
    this.#hparams.save(hparams, options);
  }
  get hparams(): THparams {
    return this.#hparams.current;
  }
  get hparamsInitial(): THparams {
    return this.#hparams.initial;
  }
  /** For the Trainer: what goes into checkpoints and to the loggers. */
  get hyperparameterRecord(): HyperparameterRecord<THparams> {
    return this.#hparams;
  }

  get isAttached(): boolean {
    return this.#trainer !== undefined;
  }
  /** @throws MisconfigurationError when no Trainer uses this data module */
  get trainer(): Trainer {
    if (this.#trainer === undefined)
      throw new MisconfigurationError({
        code: "LIT_NOT_ATTACHED",
        message: `${classNameOf(this)} is not attached to a Trainer.`,
      });
    return this.#trainer;
  }
  set trainer(trainer: Trainer) {
    this.#trainer = trainer;
  }

  /** One line for each loader, with its length. */
  async describe(): Promise<string> {
    const line = async (name: string, load: () => unknown) => {
      const loaders = await Promise.resolve(load()).catch(() => undefined);
      return `{${name} dataloader: size=${describeLength(loaders)}}`;
    };
    const attempt = (load: () => unknown) => () => {
      try {
        return load();
      } catch {
        // A loader that is not defined is shown as None.
        return undefined;
      }
    };
    const lines = [
      line(
        "Train",
        attempt(() => this.trainDataloader()),
      ),
      line(
        "Validation",
        attempt(() => this.valDataloader()),
      ),
      line(
        "Test",
        attempt(() => this.testDataloader()),
      ),
      line(
        "Predict",
        attempt(() => this.predictDataloader()),
      ),
    ];
    return (await Promise.all(lines)).join("\n");
  }

  /**
   * Makes a data module from a checkpoint: the class is constructed with the hyperparameters that it saved, then gets
   * its state.
   * @param options `hparams` override those in the file
   */
  static loadFromCheckpoint<TData extends AnyDataModule>(
    this: ModuleClass<TData>,
    path: string,
    options: Omit<LoadFromCheckpointOptions, "strict"> = {},
  ): Promise<TData> {
    return blameCaller("loadFromCheckpoint", () => loadDataModule(this, path, options));
  }

  /** A data module of datasets: those given get a loader; training data are shuffled. */
  static fromDatasets<TItem>(options: DatasetsOptions<TItem>): LightningDataModule {
    return makeFromDatasets(LightningDataModule, options);
  }
}

function describeLength(loaders: unknown): string {
  if (!isLoaderList(loaders) && !isBatchSource(loaders)) return "None";
  const lengths = flattenLoaders(loaders).map(lengthOf);
  return lengths.map((length) => (Number.isFinite(length) ? String(length) : "NA")).join(", ");
}
