import { rejectUnknownOptions } from "@lightning-ts/core";
import type { Planes } from "./functional/planes.js";
import { resize, sizeOfShorterEdge, type Interpolation } from "./functional/resize.js";
import { ImageTransform } from "./image-transform.js";
import { requireChoice, requireSize, type Size } from "./options.js";

export interface ResizeOptions {
  /** @default "bilinear" */
  readonly interpolation?: Interpolation | undefined;
}

/** @throws MisconfigurationError for a name that is none */
export function requireInterpolation(owner: string, name: Interpolation = "bilinear"): Interpolation {
  return requireChoice(owner, "interpolation", name, ["nearest", "bilinear", "bicubic"]);
}

/**
 * Scales to a size; one number is the length of the shorter edge. Where the image shrinks, all its pixels count
 * (torchvision's `antialias`).
 * @example
 * ```ts
 * import { Resize } from "@lightning-ts/vision";
 *
 * const picture = { data: new Uint8Array(64 * 32), width: 64, height: 32, channels: 1 };
 * console.log(new Resize(16).apply(picture).width); // 32
 * ```
 */
export class Resize extends ImageTransform {
  readonly #size: Size;
  readonly #interpolation: Interpolation;

  constructor(size: Size, options: ResizeOptions = {}) {
    super();
    rejectUnknownOptions("Resize", options, ["interpolation"]);
    requireSize("Resize", size);
    this.#size = size;
    this.#interpolation = requireInterpolation("Resize", options.interpolation);
  }

  protected override change(planes: Planes): Planes {
    const size =
      typeof this.#size === "number" ? sizeOfShorterEdge(planes, this.#size) : requireSize("Resize", this.#size);
    return resize(planes, size, this.#interpolation);
  }
}
