import { rejectUnknownOptions, type RandomStream } from "@lightning-ts/core";
import type { Planes } from "./functional/planes.js";
import { rotation, warp } from "./functional/warp.js";
import { ImageTransform } from "./image-transform.js";
import { requireChoice, requireRange } from "./options.js";

export interface RandomRotationOptions {
  /** @default "nearest" */
  readonly interpolation?: "nearest" | "bilinear" | undefined;
  /** The number of the pixels that come from beyond the edges. @default 0 */
  readonly fill?: number | undefined;
}

/**
 * Turns the image about its middle.
 * @example
 * ```ts
 * import { RandomRotation } from "@lightning-ts/vision";
 *
 * const picture = { data: Uint8Array.of(1, 2, 3, 4), width: 2, height: 2, channels: 1 };
 * console.log(new RandomRotation([90, 90]).apply(picture).data); // 2, 4, 1, 3
 * ```
 */
export class RandomRotation extends ImageTransform {
  readonly #degrees: readonly [number, number];
  readonly #interpolation: "nearest" | "bilinear";
  readonly #fill: number;

  /** @param degrees counter-clockwise, from the first to the second; one number goes both ways */
  constructor(degrees: number | readonly [number, number], options: RandomRotationOptions = {}) {
    super();
    rejectUnknownOptions("RandomRotation", options, ["interpolation", "fill"]);
    const range = typeof degrees === "number" ? ([-degrees, degrees] as const) : degrees;
    this.#degrees = requireRange("RandomRotation", "degrees", range);
    const { interpolation = "nearest", fill = 0 } = options;
    this.#interpolation = requireChoice("RandomRotation", "interpolation", interpolation, ["nearest", "bilinear"]);
    this.#fill = fill;
  }

  protected override change(planes: Planes, random: RandomStream): Planes {
    return warp(planes, rotation(random.uniform(...this.#degrees)), this.#interpolation, this.#fill);
  }
}
