import { describeValue, MisconfigurationError, rejectUnknownOptions } from "@lightning-ts/core";
import { TensorBuffer, type Rank } from "@tensorflow/tfjs-core";
import type { ImageTensor } from "./functional/planes.js";

export interface MakeGridOptions {
  /** Images in a row. @default 8 */
  readonly nrow?: number | undefined;
  /** Pixels between images, and around them. @default 2 */
  readonly padding?: number | undefined;
  /** Scale the numbers to 0 … 1. @default false */
  readonly normalize?: boolean | undefined;
  /** The range that becomes 0 … 1. @default that of the numbers */
  readonly valueRange?: readonly [number, number] | undefined;
  /** Scale each image by itself. @default false */
  readonly scaleEach?: boolean | undefined;
  /** The number between images. @default 0 */
  readonly padValue?: number | undefined;
}

export const GRID_OPTIONS = ["nrow", "padding", "normalize", "valueRange", "scaleEach", "padValue"] as const;

/**
 * Images beside and below each other as one image, like torchvision's `make_grid`. Images of one channel get three.
 * @param images of one shape [C, H, W], or a batch [B, C, H, W]
 * @throws MisconfigurationError for tensors, whose numbers are on the device: `await images.buffer()` brings them
 * @returns [3, height, width], or as many channels as the images have; one image alone has no padding
 * @example
 * ```ts
 * import { makeGrid } from "@lightning-ts/vision";
 * import { tf } from "@lightning-ts/core";
 *
 * console.log(makeGrid(tf.buffer<tf.Rank.R4>([6, 3, 10, 10]), { nrow: 3 }).shape); // [3, 26, 38]
 * ```
 */
export function makeGrid(
  images: readonly ImageTensor[] | TensorBuffer<Rank.R4, "float32">,
  options: MakeGridOptions = {},
): ImageTensor {
  rejectUnknownOptions("makeGrid", options, GRID_OPTIONS);
  const { nrow = 8, padding = 2, padValue = 0 } = options;
  const list = scaled(listOf(images), options).map(withThreeChannels);
  const [first] = list;
  if (first === undefined) throw new MisconfigurationError({ message: "makeGrid has no images." });
  if (list.length === 1) return first;
  const [channels, height, width] = first.shape;
  const columns = Math.min(nrow, list.length);
  const rows = Math.ceil(list.length / columns);
  const [tall, wide] = [height + padding, width + padding];
  const shape: [number, number, number] = [channels, tall * rows + padding, wide * columns + padding];
  const grid = new TensorBuffer<Rank.R3, "float32">(
    shape,
    "float32",
    new Float32Array(shape[0] * shape[1] * shape[2]).fill(padValue),
  );
  for (const [i, image] of list.entries()) {
    const [top, left] = [Math.floor(i / columns) * tall + padding, (i % columns) * wide + padding];
    for (let c = 0; c < channels; c += 1)
      for (let y = 0; y < height; y += 1) {
        const from = (c * height + y) * width;
        grid.values.set(image.values.subarray(from, from + width), (c * shape[1] + top + y) * shape[2] + left);
      }
  }
  return grid;
}

function listOf(images: readonly ImageTensor[] | TensorBuffer<Rank.R4, "float32">): readonly ImageTensor[] {
  refuseOthers(images);
  if (!(images instanceof TensorBuffer)) {
    const shapes = new Set(images.map(({ shape }) => shape.join(", ")));
    if (shapes.size > 1)
      throw new MisconfigurationError({
        message: "makeGrid puts images of one shape together.",
        received: [...shapes].map((shape) => `[${shape}]`).join(" and "),
      });
    return images;
  }
  const [count, channels, height, width] = images.shape;
  const size = channels * height * width;
  return Array.from(
    { length: count },
    (_, i) =>
      new TensorBuffer<Rank.R3, "float32">(
        [channels, height, width],
        "float32",
        images.values.slice(i * size, (i + 1) * size),
      ),
  );
}

/** Tensors among them: what they hold is on the device, and reading it takes an `await`. */
function refuseOthers(images: unknown): void {
  const isBatch = images instanceof TensorBuffer && images.shape.length === 4;
  const others = Array.isArray(images)
    ? images.filter((image) => !(image instanceof TensorBuffer) || image.shape.length !== 3)
    : [images];
  if (isBatch || others.length === 0) return;
  throw new MisconfigurationError({
    message: "makeGrid takes images on the host.",
    expected: "a list of tf.TensorBuffers [C, H, W], or one [B, C, H, W]",
    received: describeValue(others[0]),
    tryThis: "await images.buffer() for a tensor [B, C, H, W].",
  });
}

function scaled(images: readonly ImageTensor[], options: MakeGridOptions): readonly ImageTensor[] {
  const { normalize = false, scaleEach = false, valueRange } = options;
  if (!normalize) return images;
  const rangeOfAll = valueRange ?? rangeOf(images);
  return images.map((image) => toUnit(image, scaleEach ? (valueRange ?? rangeOf([image])) : rangeOfAll));
}

function rangeOf(images: readonly ImageTensor[]): readonly [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { values } of images)
    for (const value of values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  return [low, high];
}

function toUnit({ shape, values }: ImageTensor, [low, high]: readonly [number, number]): ImageTensor {
  const range = Math.max(high - low, 1e-5);
  const unit = values.map((value) => (Math.min(Math.max(value, low), high) - low) / range);
  return new TensorBuffer<Rank.R3, "float32">(shape, "float32", unit);
}

function withThreeChannels(image: ImageTensor): ImageTensor {
  const [channels, height, width] = image.shape;
  if (channels !== 1) return image;
  const values = new Float32Array(3 * height * width);
  for (let c = 0; c < 3; c += 1) values.set(image.values, c * height * width);
  return new TensorBuffer<Rank.R3, "float32">([3, height, width], "float32", values);
}
