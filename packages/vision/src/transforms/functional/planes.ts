import { describeValue, MisconfigurationError } from "@lightning-ts/core";
import { TensorBuffer, type Rank } from "@tensorflow/tfjs-core";

/** An image as decoders give it: bytes, pixel by pixel from the top left, with its channels beside each other. */
export interface HostImage {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  /** 1 for grey, 3 for colours, 4 with transparency. */
  readonly channels: number;
}

/** An image as models read it: float32 [channels, height, width], from 0 to 1 before it is normalized. */
export type ImageTensor = TensorBuffer<Rank.R3, "float32">;

export type AnyImage = HostImage | ImageTensor;

/** The numbers of an image, plane by plane: what all transforms work on. */
export interface Planes {
  /** [channels, height, width] */
  readonly values: Float32Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** White: 255 where the image is bytes, else 1. */
  readonly white: 255 | 1;
}

/** @throws MisconfigurationError for what is no image */
export function toPlanes(image: AnyImage): Planes {
  if (image instanceof TensorBuffer) return planesOfTensor(image);
  const { data, width, height, channels } = requireHostImage(image);
  const size = width * height;
  const values = new Float32Array(size * channels);
  for (let c = 0; c < channels; c += 1)
    for (let i = 0; i < size; i += 1) values[c * size + i] = data[i * channels + c] ?? 0;
  return { values, channels, height, width, white: 255 };
}

/** The same kind of image as `like`. */
export function ofPlanes(planes: Planes, like: AnyImage): AnyImage {
  const { values, channels, height, width } = planes;
  if (like instanceof TensorBuffer) return tensorOf(planes);
  const size = width * height;
  const data = new Uint8ClampedArray(size * channels); // It rounds halves to even, as PyTorch does.
  for (let c = 0; c < channels; c += 1)
    for (let i = 0; i < size; i += 1) data[i * channels + c] = values[c * size + i] ?? 0;
  return { data: new Uint8Array(data.buffer), width, height, channels };
}

export function tensorOf({ values, channels, height, width }: Planes): ImageTensor {
  return new TensorBuffer<Rank.R3, "float32">([channels, height, width], "float32", values);
}

function planesOfTensor({ values, shape, dtype }: ImageTensor): Planes {
  const [channels = 0, height = 0, width = 0] = shape;
  if (shape.length !== 3 || !(values instanceof Float32Array))
    throw new MisconfigurationError({
      message: "This is no image.",
      expected: "a TensorBuffer of float32 [channels, height, width]",
      received: `${String(dtype)} [${shape.join(", ")}]`,
    });
  return { values: Float32Array.from(values), channels, height, width, white: 1 };
}

function requireHostImage(image: HostImage): HostImage {
  const { data, width, height, channels }: Partial<HostImage> = Object(image);
  const isBytes = data instanceof Uint8Array || data instanceof Uint8ClampedArray;
  if (isBytes && data.length === Number(width) * Number(height) * Number(channels)) return image;
  throw new MisconfigurationError({
    message: "This is no image.",
    expected: "{ data, width, height, channels } with width · height · channels bytes, or a TensorBuffer [C, H, W]",
    received: isBytes
      ? `${data.length} bytes for width ${width}, height ${height}, channels ${channels}`
      : describeValue(image),
  });
}

/** New planes whose value at a place is what `at` gives. */
export function mapPlanes(
  { channels, white }: Planes,
  { height, width }: { readonly height: number; readonly width: number },
  at: (channel: number, y: number, x: number) => number,
): Planes {
  const values = new Float32Array(channels * height * width);
  let i = 0;
  for (let c = 0; c < channels; c += 1)
    for (let y = 0; y < height; y += 1)
      for (let x = 0; x < width; x += 1) {
        values[i] = at(c, y, x);
        i += 1;
      }
  return { values, channels, height, width, white };
}
