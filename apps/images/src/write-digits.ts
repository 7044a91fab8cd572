import { loadDigits, prepareDigits, mnistFolder, type Split } from "@apps/mnist-data";
import { encode } from "fast-png";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const SIDE = 28;

/**
 * Writes the first digits of a split as PNG files: `root/7/12.png`.
 * @returns the folder
 */
export async function writeDigits(root: string, split: Split, count: number): Promise<string> {
  const { folder } = await prepareDigits(mnistFolder());
  const digits = await loadDigits(folder, split);
  for (let label = 0; label < 10; label += 1) await mkdir(join(root, String(label)), { recursive: true });
  for (let index = 0; index < count; index += 1) {
    const png = encode({ width: SIDE, height: SIDE, channels: 1, depth: 8, data: digits.pixelsOf(index) });
    await writeFile(join(root, String(digits.labelOf(index)), `${index}.png`), png);
  }
  return root;
}
