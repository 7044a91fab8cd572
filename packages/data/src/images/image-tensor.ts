import { TensorBuffer, type Rank } from "@tensorflow/tfjs-core";
import type { DecodedImage } from "./decoded-image.js";

/** Bytes 0 … 255 as float32 [channels, height, width] from 0 to 1. */
export function imageTensor({ data, width, height, channels }: DecodedImage): TensorBuffer<Rank.R3, "float32"> {
  const size = width * height;
  const values = new Float32Array(size * channels);
  for (let c = 0; c < channels; c += 1)
    for (let i = 0; i < size; i += 1) values[c * size + i] = (data[i * channels + c] ?? 0) / 255;
  return new TensorBuffer<Rank.R3, "float32">([channels, height, width], "float32", values);
}
