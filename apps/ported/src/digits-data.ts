import { loadDigits, mnistFolder, prepareDigits, type Digit, type MnistBatch } from "@apps/mnist-data";
import * as L from "lightning-ts";
import { DataLoader, randomSplit, Subset, type Dataset } from "lightning-ts/core";

export interface DigitsOptions {
  readonly batchSize?: number | undefined;
  /** How many digits of each of MNIST's two sets are used. @default all */
  readonly most?: number | undefined;
}

/** The data module of Lightning's examples: MNIST, 11 of 12 parts for training, the rest for validation. */
export class MyDataModule extends L.LightningDataModule<MnistBatch> {
  readonly batchSize: number;
  readonly most: number;
  mnistTrain: Dataset<Digit> | undefined;
  mnistVal: Dataset<Digit> | undefined;
  mnistTest: Dataset<Digit> | undefined;

  constructor({ batchSize = 32, most = 60_000 }: DigitsOptions = {}) {
    super();
    this.batchSize = batchSize;
    this.most = most;
  }

  override async prepareData() {
    await prepareDigits(mnistFolder());
  }

  override async setup() {
    const folder = mnistFolder();
    const digits = firstOf(await loadDigits(folder, "train"), this.most);
    [this.mnistTrain, this.mnistVal] = randomSplit(digits, [11 / 12, 1 / 12], { seed: 42 });
    this.mnistTest = firstOf(await loadDigits(folder, "test"), this.most);
  }

  override trainDataloader() {
    return new DataLoader(present(this.mnistTrain), { batchSize: this.batchSize, shuffle: true });
  }
  override valDataloader() {
    return new DataLoader(present(this.mnistVal), { batchSize: this.batchSize });
  }
  override testDataloader() {
    return new DataLoader(present(this.mnistTest), { batchSize: this.batchSize });
  }
  override predictDataloader() {
    return new DataLoader(present(this.mnistTest), { batchSize: this.batchSize });
  }
}

function firstOf(digits: Dataset<Digit>, most: number): Dataset<Digit> {
  return new Subset(
    digits,
    Array.from({ length: Math.min(most, digits.length) }, (_, i) => i),
  );
}

function present<TValue>(value: TValue | undefined): TValue {
  if (value === undefined) throw new Error("setup() comes before the loaders.");
  return value;
}
