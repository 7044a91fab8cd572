import { RandomStream } from "@lightning-ts/core";
import type { AnyImage } from "./functional/planes.js";

/**
 * A function of one's own as a transform, which gives the kind of image that it gets.
 * @example
 * ```ts
 * import { Lambda } from "@lightning-ts/vision";
 *
 * const halve = new Lambda((image) =>
 *   "data" in image ? { ...image, data: image.data.map((byte) => byte >> 1) } : image,
 * );
 * const picture = { data: Uint8Array.of(200, 100), width: 2, height: 1, channels: 1 };
 * console.log(halve.apply(picture)); // data: 100, 50
 * ```
 */
export class Lambda {
  readonly #make: (image: AnyImage, random: RandomStream) => AnyImage;

  constructor(make: (image: AnyImage, random: RandomStream) => AnyImage) {
    this.#make = make;
  }

  apply<TImage extends AnyImage>(image: TImage, random?: RandomStream): TImage;
  apply(image: AnyImage, random: RandomStream = RandomStream.named("transforms")): AnyImage {
    return this.#make(image, random);
  }
}
