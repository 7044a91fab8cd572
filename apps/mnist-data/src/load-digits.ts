import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DigitDataset } from "./digit-dataset.js";
import { digitFiles, type Split } from "./digit-files.js";
import { readIdx } from "./read-idx.js";

/** Reads one split from a folder that `prepareDigits` filled. */
export async function loadDigits(folder: string, split: Split): Promise<DigitDataset> {
  const { images, labels } = digitFiles[split];
  const [pixels, digits] = await Promise.all([
    readFile(join(folder, images.name)),
    readFile(join(folder, labels.name)),
  ]);
  return new DigitDataset(readIdx(pixels).values, readIdx(digits).values);
}
