import { MisconfigurationError } from "@lightning-ts/core";
import type { Planes } from "./functional/planes.js";
import { ImageTransform } from "./image-transform.js";
import { wrong } from "./options.js";

/**
 * Takes the mean of each channel away and divides by its standard deviation.
 * @example
 * ```ts
 * import { Normalize, ToTensor } from "@lightning-ts/vision";
 *
 * const tensor = new ToTensor().apply({ data: Uint8Array.of(0, 255), width: 2, height: 1, channels: 1 });
 * console.log(new Normalize([0.5], [0.5]).apply(tensor).values); // -1, 1
 * ```
 */
export class Normalize extends ImageTransform {
  readonly mean: readonly number[];
  readonly std: readonly number[];

  /** @param mean,std one number per channel, or one for all */
  constructor(mean: readonly number[], std: readonly number[]) {
    super();
    if (std.length === 0 || std.some((value) => !(value > 0))) throw wrong("Normalize", "std", "numbers above 0", std);
    this.mean = mean;
    this.std = std;
  }

  protected override change(planes: Planes): Planes {
    const { values, channels, white } = planes;
    const fits = [this.mean, this.std].every(({ length }) => length === 1 || length === channels);
    if (white !== 1 || !fits)
      throw new MisconfigurationError({
        message: "Normalize cannot change this image.",
        expected: `a tensor with as many channels as means and deviations (${this.mean.length}, ${this.std.length})`,
        received: white === 1 ? `${channels} channels` : "an image of bytes",
        tryThis: "ToTensor before it.",
      });
    const size = values.length / channels;
    const mean = (c: number): number => this.mean[c] ?? this.mean[0] ?? 0;
    const std = (c: number): number => this.std[c] ?? this.std[0] ?? 1;
    return {
      ...planes,
      values: values.map((value, i) => (value - mean(Math.floor(i / size))) / std(Math.floor(i / size))),
    };
  }
}
