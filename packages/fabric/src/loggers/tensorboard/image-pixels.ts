import { MisconfigurationError } from "@lightning-ts/core";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { LogImage } from "../logger.js";

/** What the letters of a format stand for: samples, channels, rows, columns. */
type Dimension = "N" | "C" | "H" | "W";
const DIMENSIONS: readonly string[] = ["N", "C", "H", "W"];
/** So many images stand beside each other. */
const GRID_COLUMNS = 8;

type Pixel = (at: Readonly<Record<Dimension, number>>) => number;

/** Numbers with the letters of their dimensions. */
interface Pixels {
  readonly extents: Readonly<Record<Dimension, number>>;
  readonly at: Pixel;
}

/**
 * A tensor as an image: floats from 0 to 1, or int32 from 0 to 255; values beyond are cut. Several stand in a grid. One
 * channel is grey. Reads the tensor.
 * @param format a letter for each dimension, such as "CHW", "HW" or "NHWC"
 * @param columns so many stand beside each other
 * @throws MisconfigurationError where the format does not fit
 */
export function imageOfTensor(tensor: Tensor, format: string, columns = GRID_COLUMNS): LogImage {
  const pixels = pixelsOf(tensor, format.toUpperCase());
  const { N, C, H, W } = pixels.extents;
  const channels = C === 1 ? 3 : C;
  if (channels !== 3 && channels !== 4) throw wrongShape(tensor, format, "1, 3 or 4 channels");
  const across = Math.min(N, columns);
  const [height, width] = [H * Math.ceil(N / Math.max(1, across)), W * across];
  const out = new Uint8Array(height * width * channels);
  for (let n = 0; n < N; n += 1)
    for (let y = 0; y < H; y += 1)
      for (let x = 0; x < W; x += 1) {
        const [row, column] = [Math.floor(n / across) * H + y, (n % across) * W + x];
        for (let c = 0; c < channels; c += 1)
          out[(row * width + column) * channels + c] = pixels.at({ N: n, C: C === 1 ? 0 : c, H: y, W: x });
      }
  return { height, width, channels, pixels: out };
}

function pixelsOf(tensor: Tensor, format: string): Pixels {
  const letters = [...format];
  const isFormat =
    letters.every((letter) => DIMENSIONS.includes(letter)) &&
    new Set(letters).size === letters.length &&
    ["H", "W"].every((letter) => letters.includes(letter));
  if (!isFormat || letters.length !== tensor.rank) throw wrongShape(tensor, format, "a letter for each dimension");
  const extents = { N: 1, C: 1, H: 1, W: 1 };
  const strides = { N: 0, C: 0, H: 0, W: 0 };
  let stride = 1;
  for (let axis = letters.length - 1; axis >= 0; axis -= 1) {
    const name = dimensionOf(letters[axis]);
    extents[name] = tensor.shape[axis] ?? 1;
    strides[name] = stride;
    stride *= extents[name];
  }
  const values = tensor.dataSync();
  const scale = tensor.dtype === "int32" ? 1 : 255;
  const at: Pixel = ({ N, C, H, W }) => {
    const value = Number(values[N * strides.N + C * strides.C + H * strides.H + W * strides.W] ?? 0) * scale;
    return Math.trunc(Math.min(255, Math.max(0, value)));
  };
  return { extents, at };
}

function dimensionOf(letter: string | undefined): Dimension {
  return letter === "N" || letter === "C" || letter === "H" ? letter : "W";
}

function wrongShape(tensor: Tensor, format: string, expected: string): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_LOG_VALUE",
    message: `This tensor is no image of the format "${format}".`,
    expected: `${expected}, of N (samples), C (channels), H (rows) and W (columns)`,
    received: `a tensor of shape [${tensor.shape.join(", ")}]`,
    tryThis: `{ dataformats: "CHW" } for one image, "NCHW" for several.`,
  });
}
