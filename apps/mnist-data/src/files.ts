// The digits without the Trainer's data module: for programs that have a loop of their own.
export { cacheFolder, mnistFolder } from "./cache-folder.js";
export { DigitDataset, type Digit, type DigitBatch } from "./digit-dataset.js";
export type { Split } from "./digit-files.js";
export { loadDigits } from "./load-digits.js";
export { prepareDigits } from "./prepare-digits.js";
