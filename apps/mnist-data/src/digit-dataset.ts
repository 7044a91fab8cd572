import { buffer, type Rank, type TensorBuffer } from "@tensorflow/tfjs-core";
import type { Dataset } from "lightning-ts/core";

/** An image `[1, 28, 28]`, normalized, and the digit that it shows. */
export type Digit = [image: TensorBuffer<Rank.R3, "float32">, label: TensorBuffer<Rank.R0, "int32">];
/** Images `[B, 1, 28, 28]` and labels `[B]`. */
export type DigitBatch = [images: TensorBuffer<Rank.R4, "float32">, labels: TensorBuffer<Rank.R1, "int32">];

const SIDE = 28;
const PIXELS = SIDE * SIDE;
/** Of all pixels of the training images, on the scale from 0 to 1. */
const MEAN = 0.1307;
const DEVIATION = 0.3081;
const NORMALIZED = Float32Array.from({ length: 256 }, (_, grey) => (grey / 255 - MEAN) / DEVIATION);

/** The digits of one split. They stay bytes in memory and become normalized floats batch by batch. */
export class DigitDataset implements Dataset<Digit> {
  readonly length: number;

  /**
   * @param pixels 784 grey values for each digit, 0 paper to 255 ink
   * @param labels one digit for each image
   */
  constructor(
    private readonly pixels: Uint8Array,
    private readonly labels: Uint8Array,
  ) {
    if (pixels.length !== PIXELS * labels.length) {
      throw new Error(`${labels.length} labels do not fit ${pixels.length / PIXELS} images.`);
    }
    this.length = labels.length;
  }

  get(index: number): Digit {
    const image = buffer<Rank.R3, "float32">([1, SIDE, SIDE], "float32", this.#normalize([index]));
    return [image, buffer<Rank.R0, "int32">([], "int32", Int32Array.of(this.labelOf(index)))];
  }

  getBatch(indices: readonly number[]): DigitBatch {
    const images = buffer<Rank.R4, "float32">([indices.length, 1, SIDE, SIDE], "float32", this.#normalize(indices));
    const labels = Int32Array.from(indices, (index) => this.labelOf(index));
    return [images, buffer<Rank.R1, "int32">([indices.length], "int32", labels)];
  }

  labelOf(index: number): number {
    const label = this.labels[index];
    if (label === undefined) throw new RangeError(`There is no digit ${index}; the last one is ${this.length - 1}.`);
    return label;
  }

  /** The 28 × 28 grey values as they were scanned, row by row. */
  pixelsOf(index: number): Uint8Array {
    return this.pixels.subarray(index * PIXELS, (index + 1) * PIXELS);
  }

  #normalize(indices: readonly number[]): Float32Array {
    const values = new Float32Array(indices.length * PIXELS);
    indices.forEach((index, row) => {
      const source = index * PIXELS;
      const target = row * PIXELS;
      for (let i = 0; i < PIXELS; i += 1) values[target + i] = NORMALIZED[this.pixels[source + i] ?? 0] ?? 0;
    });
    return values;
  }
}
