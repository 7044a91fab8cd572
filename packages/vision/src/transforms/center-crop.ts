import { crop } from "./functional/crop.js";
import type { Planes } from "./functional/planes.js";
import { ImageTransform } from "./image-transform.js";
import { requireSize, type Size } from "./options.js";

/**
 * The middle of an image; black around it where the image is smaller.
 * @example
 * ```ts
 * import { CenterCrop } from "@lightning-ts/vision";
 *
 * const picture = { data: Uint8Array.of(1, 2, 3, 4), width: 4, height: 1, channels: 1 };
 * console.log(new CenterCrop([1, 2]).apply(picture).data); // 2, 3
 * ```
 */
export class CenterCrop extends ImageTransform {
  readonly #size: { readonly height: number; readonly width: number };

  constructor(size: Size) {
    super();
    this.#size = requireSize("CenterCrop", size);
  }

  protected override change(planes: Planes): Planes {
    const top = halfToEven(planes.height - this.#size.height);
    const left = halfToEven(planes.width - this.#size.width);
    return crop(planes, { ...this.#size, top, left });
  }
}

/** Half of what is left over, as torchvision rounds it: halves to even numbers, and down where the image is smaller. */
function halfToEven(rest: number): number {
  if (rest < 0) return -Math.floor(-rest / 2);
  const half = Math.floor(rest / 2);
  return rest % 2 === 1 && half % 2 === 1 ? half + 1 : half;
}
