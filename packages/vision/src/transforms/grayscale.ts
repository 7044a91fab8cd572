import { rejectUnknownOptions } from "@lightning-ts/core";
import { toGrey } from "./functional/color.js";
import type { Planes } from "./functional/planes.js";
import { ImageTransform } from "./image-transform.js";
import { wrong } from "./options.js";

export interface GrayscaleOptions {
  /** 1, or 3 equal ones. @default 1 */
  readonly numOutputChannels?: 1 | 3 | undefined;
}

/**
 * Takes the colours away.
 * @example
 * ```ts
 * import { Grayscale } from "@lightning-ts/vision";
 *
 * const picture = { data: Uint8Array.of(200, 100, 50), width: 1, height: 1, channels: 3 };
 * console.log(new Grayscale().apply(picture).data); // 124
 * ```
 */
export class Grayscale extends ImageTransform {
  readonly #channels: 1 | 3;

  constructor({ numOutputChannels = 1, ...others }: GrayscaleOptions = {}) {
    super();
    rejectUnknownOptions("Grayscale", others, ["numOutputChannels"]);
    if (numOutputChannels !== 1 && numOutputChannels !== 3)
      throw wrong("Grayscale", "numOutputChannels", "1 or 3", numOutputChannels);
    this.#channels = numOutputChannels;
  }

  protected override change(planes: Planes): Planes {
    return toGrey(planes, this.#channels);
  }
}
