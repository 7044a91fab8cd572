import {
  checkIndex,
  rejectUnknownOptions,
  requireFiles,
  type Dataset,
  type FileSystem,
  type Ints,
  type RandomStream,
  type Sample,
  type WorkerSource,
} from "@lightning-ts/core";
import { TensorBuffer, type Rank } from "@tensorflow/tfjs-core";
import { decodeImage, type DecodeOptions } from "./decode-image.js";
import type { DecodedImage } from "./decoded-image.js";
import { findImages, type ImageSample } from "./find-images.js";
import { imageTensor } from "./image-tensor.js";

export interface ImageFolderOptions<TImage> extends DecodeOptions {
  /**
   * What becomes of each image, for example a `Compose` of `@lightning-ts/vision`.
   * @default float32 [channels, height, width] from 0 to 1
   */
  readonly transform?: ImageChange<TImage> | undefined;
  /** Ends of the names of images. @default .jpg, .jpeg, .png, .webp, .gif, .avif, .tif and .tiff */
  readonly extensions?: readonly string[] | undefined;
  /** How worker threads make this dataset: a function of a module of your own that opens it. @default none */
  readonly workerSource?: WorkerSource | undefined;
  /** @default the platform's, in Node */
  readonly files?: FileSystem | undefined;
}

/** A function, or an object with `apply`, such as the transforms of `@lightning-ts/vision`. */
export type ImageChange<TImage> =
  | ((image: DecodedImage, random: RandomStream | undefined) => TImage)
  | { apply(image: DecodedImage, random?: RandomStream): TImage };

const OPTIONS = ["transform", "extensions", "workerSource", "files", "channels", "decoder"];
const EXTENSIONS = [".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif", ".tif", ".tiff"];

interface Parts<TImage> {
  readonly classes: readonly string[];
  readonly samples: readonly ImageSample[];
  readonly files: FileSystem;
  readonly decoding: DecodeOptions;
  readonly change: ImageChange<TImage>;
  readonly workerSource: WorkerSource | undefined;
}

/**
 * Images in folders, one folder for each class, like torchvision's: `root/cat/1.png`, `root/dog/2.jpg`. Classes are the
 * sorted names of the folders; files are found in the folders below them too. An image is read and decoded when it is
 * asked for. Transforms are functions, which cannot be sent to worker threads: `workerSource` names a function of a
 * module of your own that opens the folder with them.
 * @example
 * ```ts
 * import { ImageFolder } from "@lightning-ts/data";
 *
 * async function classesOf(root: string): Promise<readonly string[]> {
 *   const data = await ImageFolder.open(root, { channels: 1 });
 *   const [image] = await data.get(0); // float32 [1, height, width], from 0 to 1
 *   return [...data.classes, image.shape.join(" x ")];
 * }
 * console.log(typeof classesOf);
 * ```
 */
export class ImageFolder<TImage = TensorBuffer<Rank.R3, "float32">> implements Dataset<
  [image: TImage, label: Ints<0>]
> {
  readonly classes: readonly string[];
  readonly samples: readonly ImageSample[];
  readonly workerSource: WorkerSource | undefined;
  readonly #files: FileSystem;
  readonly #decoding: DecodeOptions;
  readonly #change: ImageChange<TImage>;

  private constructor(parts: Parts<TImage>) {
    this.classes = parts.classes;
    this.samples = parts.samples;
    this.workerSource = parts.workerSource;
    this.#files = parts.files;
    this.#decoding = parts.decoding;
    this.#change = parts.change;
  }

  /** Finds classes and files. @throws DataFileError where there are none */
  static open(root: string, options?: ImageFolderOptions<never>): Promise<ImageFolder>;
  static open<TImage>(
    root: string,
    options: ImageFolderOptions<TImage> & { readonly transform: ImageChange<TImage> },
  ): Promise<ImageFolder<TImage>>;
  static async open(root: string, options: ImageFolderOptions<unknown> = {}): Promise<unknown> {
    rejectUnknownOptions("ImageFolder", options, OPTIONS);
    const files = requireFiles("ImageFolder", options.files);
    const { classes, samples } = await findImages(root, files, options.extensions ?? EXTENSIONS);
    const { channels, decoder, transform: change = imageTensor, workerSource } = options;
    return new ImageFolder({ classes, samples, files, decoding: { channels, decoder }, change, workerSource });
  }

  get length(): number {
    return this.samples.length;
  }

  async get(index: number, sample?: Sample): Promise<[image: TImage, label: Ints<0>]> {
    checkIndex(index, this.length);
    const { path, label } = this.samples[index] ?? { path: "", label: 0 };
    const image = await decodeImage(await this.#files.readFile(path), path, this.#decoding);
    const change = this.#change;
    const changed = typeof change === "function" ? change(image, sample?.random) : change.apply(image, sample?.random);
    return [changed, new TensorBuffer<Rank.R0, "int32">([], "int32", Int32Array.of(label))];
  }
}
