export { cacheFolder, mnistFolder } from "./cache-folder.js";
export { DigitDataset, type Digit, type DigitBatch } from "./digit-dataset.js";
export type { Split } from "./digit-files.js";
export { loadDigits } from "./load-digits.js";
export { MnistDataModule, type MnistBatch, type MnistDataModuleOptions } from "./mnist-data-module.js";
export { prepareDigits } from "./prepare-digits.js";
