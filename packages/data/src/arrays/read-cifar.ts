import { rejectUnknownOptions } from "@lightning-ts/core";
import { DataFileError } from "../errors/data-file-error.js";
import { readSource, type DataSource, type FilesOption } from "../files/byte-source.js";
import { DataArray } from "./data-array.js";

export interface CifarOptions extends FilesOption {
  /** 10, or 100 for files with a coarse label before the fine one. @default 10 */
  readonly classes?: 10 | 100 | undefined;
}

/** Images of CIFAR with their labels. */
export interface CifarImages {
  /** uint8 [images, 3, 32, 32], red first. */
  readonly images: DataArray;
  /** uint8 [images]; of CIFAR-100 the fine ones. */
  readonly labels: DataArray;
  /** uint8 [images]; of CIFAR-10 as `labels`. */
  readonly coarseLabels: DataArray;
}

const PIXELS = 3 * 32 * 32;
const COARSE = 20;

/**
 * Reads the binary version of CIFAR-10 (`data_batch_1.bin`) or CIFAR-100 (`train.bin`): a label and 3072 bytes for each
 * image.
 * @param sources a path or a file's bytes, or several of them, whose images come one after another
 * @throws DataFileError for a file that ends within an image, or has labels that are none
 * @example
 * ```ts
 * import { TensorDataset } from "@lightning-ts/core";
 * import { readCifar } from "@lightning-ts/data";
 *
 * const { images, labels } = await readCifar(new Uint8Array(2 * 3073)); // or ["data_batch_1.bin", "data_batch_2.bin"]
 * console.log(new TensorDataset(images.tensor(), labels.tensor()).getBatch([0, 1])[0].shape); // [2, 3, 32, 32]
 * ```
 */
export async function readCifar(
  sources: DataSource | readonly DataSource[],
  options: CifarOptions = {},
): Promise<CifarImages> {
  rejectUnknownOptions("readCifar", options, ["classes", "files"]);
  const { classes = 10 } = options;
  const list = typeof sources === "string" || sources instanceof Uint8Array ? [sources] : sources;
  const recordBytes = PIXELS + (classes === 100 ? 2 : 1);
  const files: { readonly path: string; readonly bytes: Uint8Array }[] = [];
  for (const source of list) {
    const path = typeof source === "string" ? source : "the bytes";
    const bytes = await readSource("readCifar", source, options);
    checkRecords(path, bytes, classes, recordBytes);
    files.push({ path, bytes });
  }
  const count = files.reduce((sum, { bytes }) => sum + bytes.length / recordBytes, 0);
  const [images, fine, coarse] = [new Uint8Array(count * PIXELS), new Uint8Array(count), new Uint8Array(count)];
  let i = 0;
  for (const { bytes } of files)
    for (let at = 0; at < bytes.length; at += recordBytes) {
      coarse[i] = bytes[at] ?? 0;
      fine[i] = bytes[at + recordBytes - PIXELS - 1] ?? 0;
      images.set(bytes.subarray(at + recordBytes - PIXELS, at + recordBytes), i * PIXELS);
      i += 1;
    }
  return {
    images: new DataArray("uint8", [count, 3, 32, 32], images),
    labels: new DataArray("uint8", [count], fine),
    coarseLabels: new DataArray("uint8", [count], coarse),
  };
}

function checkRecords(path: string, bytes: Uint8Array, classes: 10 | 100, recordBytes: number): void {
  const rest = bytes.length % recordBytes;
  if (rest !== 0)
    throw new DataFileError({
      path,
      offsetBytes: bytes.length - rest,
      message: `the file ends within an image of CIFAR-${classes}.`,
      expected: `${recordBytes} bytes for each image`,
      received: `${rest} more than for ${(bytes.length - rest) / recordBytes} images`,
      tryThis: `the binary version of the files${classes === 10 ? ", or classes: 100 for CIFAR-100" : ", or classes: 10 for CIFAR-10"}.`,
    });
  const most = classes === 100 ? [COARSE, 100] : [10];
  for (let at = 0; at < bytes.length; at += recordBytes)
    for (const [place, count] of most.entries()) {
      const label = bytes[at + place] ?? 0;
      if (label < count) continue;
      throw new DataFileError({
        path,
        row: at / recordBytes,
        offsetBytes: at + place,
        message: "this is no label.",
        expected: `a number from 0 to ${count - 1}`,
        received: String(label),
        tryThis: "copying or downloading the file again; the option classes says which files they are.",
      });
    }
}
