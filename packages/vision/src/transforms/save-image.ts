import { MisconfigurationError, requireFiles, rejectUnknownOptions, type FileSystem } from "@lightning-ts/core";
import { TensorBuffer, type Rank } from "@tensorflow/tfjs-core";
import type { ImageTensor } from "./functional/planes.js";
import { GRID_OPTIONS, makeGrid, type MakeGridOptions } from "./make-grid.js";

export interface SaveImageOptions extends MakeGridOptions {
  /** @default the platform's, in Node */
  readonly files?: FileSystem | undefined;
}

/**
 * Writes one image, or several as a grid, to a PNG file, like torchvision's `save_image`. The file's folder is made
 * where it is not there.
 * @param images [C, H, W], several of one shape, or a batch [B, C, H, W]; 0 is black and 1 white, what lies outside is
 *   cut to them
 * @throws MisconfigurationError for another kind of file
 * @example
 * ```ts
 * import { saveImage } from "@lightning-ts/vision";
 * import { tf } from "@lightning-ts/core";
 * import "@lightning-ts/fabric"; // brings Node's files, as lightning-ts does
 *
 * await saveImage(tf.buffer<tf.Rank.R4, "float32">([6, 3, 10, 10], "float32"), "grid.png", { nrow: 3, padValue: 1 });
 * ```
 */
export async function saveImage(
  images: ImageTensor | readonly ImageTensor[] | TensorBuffer<Rank.R4, "float32">,
  path: string,
  options: SaveImageOptions = {},
): Promise<void> {
  rejectUnknownOptions("saveImage", options, [...GRID_OPTIONS, "files"]);
  const { files: given, ...gridOptions } = options;
  const files = requireFiles("saveImage", given);
  if (!path.toLowerCase().endsWith(".png"))
    throw new MisconfigurationError({
      message: "saveImage writes PNG files.",
      expected: "a path that ends in .png",
      received: path,
    });
  const bytes = await encodePng(makeGrid(asList(images), gridOptions));
  const absolute = files.resolve(path);
  await files.makeDirectory(files.dirname(absolute));
  const file = await files.open(absolute, "overwrite");
  try {
    await file.write(bytes);
  } finally {
    await file.close();
  }
}

function asList(
  images: ImageTensor | readonly ImageTensor[] | TensorBuffer<Rank.R4, "float32">,
): readonly ImageTensor[] | TensorBuffer<Rank.R4, "float32"> {
  return images instanceof TensorBuffer && isOneImage(images) ? [images] : images;
}

function isOneImage(images: ImageTensor | TensorBuffer<Rank.R4, "float32">): images is ImageTensor {
  return images.shape.length === 3;
}

/** The library is loaded when it is first needed: programs that only train do without it. */
async function encodePng({ shape: [channels, height, width], values }: ImageTensor): Promise<Uint8Array> {
  const { encode } = await import("fast-png");
  const size = height * width;
  const data = new Uint8Array(size * channels);
  for (let c = 0; c < channels; c += 1)
    for (let i = 0; i < size; i += 1) data[i * channels + c] = byteOf(values[c * size + i] ?? 0);
  return encode({ width, height, channels, depth: 8, data });
}

/** Rounds as torchvision does, in float32. */
function byteOf(value: number): number {
  return Math.min(Math.max(Math.fround(Math.fround(value * 255) + 0.5), 0), 255);
}
