import { rejectUnknownOptions, type RandomStream } from "@lightning-ts/core";
import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation } from "./functional/color.js";
import type { Planes } from "./functional/planes.js";
import { ImageTransform } from "./image-transform.js";
import { requireRange, wrong } from "./options.js";

type Amount = number | readonly [number, number];

export interface ColorJitterOptions {
  /** A factor of this range; one number b is from 1 - b to 1 + b. @default 0 */
  readonly brightness?: Amount | undefined;
  /** @default 0 */
  readonly contrast?: Amount | undefined;
  /** @default 0 */
  readonly saturation?: Amount | undefined;
  /** Part of the colour circle, at most 0.5; one number goes both ways. @default 0 */
  readonly hue?: Amount | undefined;
}

const CHANGES = {
  brightness: adjustBrightness,
  contrast: adjustContrast,
  saturation: adjustSaturation,
  hue: adjustHue,
} as const;

/**
 * Changes brightness, contrast, saturation and hue, in some order.
 * @example
 * ```ts
 * import { ColorJitter } from "@lightning-ts/vision";
 *
 * const jitter = new ColorJitter({ brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 });
 * const picture = { data: Uint8Array.of(200, 100, 50), width: 1, height: 1, channels: 3 };
 * console.log(jitter.apply(picture).data.length); // 3
 * ```
 */
export class ColorJitter extends ImageTransform {
  readonly #ranges: readonly (readonly [name: keyof typeof CHANGES, range: readonly [number, number]])[];

  constructor(options: ColorJitterOptions = {}) {
    super();
    rejectUnknownOptions("ColorJitter", options, ["brightness", "contrast", "saturation", "hue"]);
    this.#ranges = (["brightness", "contrast", "saturation", "hue"] as const).flatMap((name) => {
      const range = rangeOf(name, options[name] ?? 0);
      const middle = name === "hue" ? 0 : 1;
      return range[0] === middle && range[1] === middle ? [] : [[name, range] as const];
    });
  }

  protected override change(planes: Planes, random: RandomStream): Planes {
    const order = [...random.permutation(this.#ranges.length)];
    return order.reduce((made, place) => {
      const [name, range] = this.#ranges[place] ?? ["brightness", [1, 1]];
      return CHANGES[name](made, random.uniform(...range));
    }, planes);
  }
}

function rangeOf(name: keyof typeof CHANGES, amount: Amount): readonly [number, number] {
  const limits = name === "hue" ? ([-0.5, 0.5] as const) : ([0, Infinity] as const);
  if (typeof amount !== "number") return requireRange("ColorJitter", name, amount, limits);
  if (!(amount >= 0)) throw wrong("ColorJitter", name, "a number of at least 0, or a range", amount);
  const range = name === "hue" ? ([-amount, amount] as const) : ([Math.max(0, 1 - amount), 1 + amount] as const);
  return requireRange("ColorJitter", name, range, limits);
}
