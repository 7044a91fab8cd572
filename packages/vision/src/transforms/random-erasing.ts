import { rejectUnknownOptions, type RandomStream } from "@lightning-ts/core";
import type { Box } from "./functional/crop.js";
import type { Planes } from "./functional/planes.js";
import { ImageTransform } from "./image-transform.js";
import { requireProbability, requireRange, wrong } from "./options.js";
import { partOf } from "./random-resized-crop.js";

export interface RandomErasingOptions {
  /** How likely it is. @default 0.5 */
  readonly p?: number | undefined;
  /** How much of the image's area. @default [0.02, 0.33] */
  readonly scale?: readonly [number, number] | undefined;
  /** Width by height. @default [0.3, 3.3] */
  readonly ratio?: readonly [number, number] | undefined;
  /** What stands there then: a number, one for each channel, or normal noise. @default 0 */
  readonly value?: number | readonly number[] | "random" | undefined;
}

const ATTEMPTS = 10;

/**
 * Wipes out a rectangle, or not.
 * @example
 * ```ts
 * import { RandomErasing, ToTensor } from "@lightning-ts/vision";
 *
 * const tensor = new ToTensor().apply({ data: new Uint8Array(64).fill(255), width: 8, height: 8, channels: 1 });
 * console.log(new RandomErasing({ p: 1 }).apply(tensor).shape); // [1, 8, 8]
 * ```
 */
export class RandomErasing extends ImageTransform {
  readonly #p: number;
  readonly #sizes: { readonly scale: readonly [number, number]; readonly ratio: readonly [number, number] };
  readonly #value: number | readonly number[] | "random";

  constructor({ p = 0.5, scale = [0.02, 0.33], ratio = [0.3, 3.3], value = 0, ...others }: RandomErasingOptions = {}) {
    super();
    rejectUnknownOptions("RandomErasing", others, ["p", "scale", "ratio", "value"]);
    this.#p = requireProbability("RandomErasing", p);
    this.#sizes = {
      scale: requireRange("RandomErasing", "scale", scale, [0, 1]),
      ratio: requireRange("RandomErasing", "ratio", ratio, [0, Infinity]),
    };
    if (typeof value === "string" && value !== "random")
      throw wrong("RandomErasing", "value", 'a number, one for each channel, or "random"', value);
    this.#value = value;
  }

  protected override change(planes: Planes, random: RandomStream): Planes {
    if (random.uniform() >= this.#p) return planes;
    const { height, width, channels } = planes;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const part = partOf(planes, this.#sizes, random);
      if (part.height >= height || part.width >= width) continue;
      const top = random.integer(height - part.height + 1);
      const left = random.integer(width - part.width + 1);
      return erase(planes, { ...part, top, left }, this.#filler(random, channels));
    }
    return planes;
  }

  #filler(random: RandomStream, channels: number): (channel: number) => number {
    const value = this.#value;
    if (value === "random") return () => random.normal();
    if (typeof value === "number") return () => value;
    if (value.length !== 1 && value.length !== channels)
      throw wrong("RandomErasing", "value", `one number, or ${channels} for the image's channels`, value);
    return (channel) => value[channel] ?? value[0] ?? 0;
  }
}

function erase(planes: Planes, { top, left, height, width }: Box, valueOf: (channel: number) => number): Planes {
  const values = planes.values.slice();
  for (let c = 0; c < planes.channels; c += 1)
    for (let y = top; y < top + height; y += 1)
      for (let x = left; x < left + width; x += 1) values[(c * planes.height + y) * planes.width + x] = valueOf(c);
  return { ...planes, values };
}
