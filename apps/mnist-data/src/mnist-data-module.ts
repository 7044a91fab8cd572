import * as L from "lightning-ts";
import { DataLoader, randomSplit, type Dataset, type OnDevice } from "lightning-ts/core";
import { mnistFolder } from "./cache-folder.js";
import type { Digit, DigitBatch } from "./digit-dataset.js";
import { loadDigits } from "./load-digits.js";
import { prepareDigits } from "./prepare-digits.js";

/** What a step gets: images `[B, 1, 28, 28]` and labels `[B]`, as tensors. */
export type MnistBatch = OnDevice<DigitBatch>;

export interface MnistDataModuleOptions {
  /** @default 64 */
  readonly batchSize?: number | undefined;
  /** Where the files are kept. @default the folder `mnist` in `LIGHTNING_CACHE`, or in the user's cache folder */
  readonly folder?: string | undefined;
}

interface MnistSplits {
  readonly train: Dataset<Digit>;
  readonly validation: Dataset<Digit>;
  readonly test: Dataset<Digit>;
}

const TRAIN_DIGITS = 55_000;
const VALIDATION_DIGITS = 5_000;
/** The split is the same in every run, whatever seed the run has. */
const SPLIT_SEED = 42;

/** MNIST: 55 000 digits to train on, 5 000 to validate with, 10 000 to test with. */
export class MnistDataModule extends L.LightningDataModule {
  readonly batchSize: number;
  readonly folder: string;
  #splits: MnistSplits | undefined;

  constructor({ batchSize = 64, folder = mnistFolder() }: MnistDataModuleOptions = {}) {
    super();
    this.batchSize = batchSize;
    this.folder = folder;
  }

  override async prepareData(): Promise<void> {
    await prepareDigits(this.folder);
  }

  override async setup(): Promise<void> {
    if (this.#splits !== undefined) return;
    const digits = await loadDigits(this.folder, "train");
    const [train, validation] = randomSplit(digits, [TRAIN_DIGITS, VALIDATION_DIGITS], { seed: SPLIT_SEED });
    this.#splits = { train, validation, test: await loadDigits(this.folder, "test") };
  }

  override trainDataloader() {
    return new DataLoader(this.#prepared.train, { batchSize: this.batchSize, shuffle: true });
  }

  override valDataloader() {
    return new DataLoader(this.#prepared.validation, { batchSize: 500 });
  }

  override testDataloader() {
    return new DataLoader(this.#prepared.test, { batchSize: 500 });
  }

  get #prepared(): MnistSplits {
    if (this.#splits === undefined)
      throw new Error("The digits are not loaded yet. Try: await data.prepareData(), then await data.setup().");
    return this.#splits;
  }
}
