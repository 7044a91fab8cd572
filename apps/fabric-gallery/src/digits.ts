import { loadDigits, mnistFolder, prepareDigits, type Digit } from "@apps/mnist-data/files";
import { Subset } from "lightning-ts/core";

/** The first `count` real digits of MNIST's training set. */
export async function firstDigits(count: number): Promise<Subset<Digit>> {
  const { folder } = await prepareDigits(mnistFolder());
  return new Subset(
    await loadDigits(folder, "train"),
    Array.from({ length: count }, (_, i) => i),
  );
}
