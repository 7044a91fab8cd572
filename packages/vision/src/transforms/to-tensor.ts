import type { RandomStream } from "@lightning-ts/core";
import { tensorOf, toPlanes, type AnyImage, type ImageTensor } from "./functional/planes.js";

/**
 * Bytes 0 … 255 as a tensor [channels, height, width] of numbers 0 … 1; a tensor stays as it is.
 * @example
 * ```ts
 * import { ToTensor } from "@lightning-ts/vision";
 *
 * const picture = { data: Uint8Array.of(0, 51, 255, 102), width: 2, height: 2, channels: 1 };
 * console.log(new ToTensor().apply(picture).values); // 0, 0.2, 1, 0.4
 * ```
 */
export class ToTensor {
  /** Tells it apart from transforms that keep the kind of image. */
  readonly makesTensor = true;

  apply(image: AnyImage, _random?: RandomStream): ImageTensor {
    const { values, white, ...size } = toPlanes(image);
    return tensorOf({ ...size, white: 1, values: white === 1 ? values : values.map((value) => value / white) });
  }
}
