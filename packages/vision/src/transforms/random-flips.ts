import { rejectUnknownOptions, type RandomStream } from "@lightning-ts/core";
import { flipHorizontally, flipVertically } from "./functional/crop.js";
import type { Planes } from "./functional/planes.js";
import { ImageTransform } from "./image-transform.js";
import { requireProbability } from "./options.js";

export interface RandomFlipOptions {
  /** How likely it is. @default 0.5 */
  readonly p?: number | undefined;
}

abstract class RandomFlip extends ImageTransform {
  readonly #p: number;
  readonly #flip: (planes: Planes) => Planes;

  constructor(owner: string, { p = 0.5, ...others }: RandomFlipOptions, flip: (planes: Planes) => Planes) {
    super();
    rejectUnknownOptions(owner, others, ["p"]);
    this.#p = requireProbability(owner, p);
    this.#flip = flip;
  }

  protected override change(planes: Planes, random: RandomStream): Planes {
    return random.uniform() < this.#p ? this.#flip(planes) : planes;
  }
}

/**
 * Left and right change places, or not.
 * @example
 * ```ts
 * import { RandomHorizontalFlip } from "@lightning-ts/vision";
 *
 * const picture = { data: Uint8Array.of(1, 2), width: 2, height: 1, channels: 1 };
 * console.log(new RandomHorizontalFlip({ p: 1 }).apply(picture).data); // 2, 1
 * ```
 */
export class RandomHorizontalFlip extends RandomFlip {
  constructor(options: RandomFlipOptions = {}) {
    super("RandomHorizontalFlip", options, flipHorizontally);
  }
}

/**
 * Top and bottom change places, or not.
 * @example
 * ```ts
 * import { RandomVerticalFlip } from "@lightning-ts/vision";
 *
 * const picture = { data: Uint8Array.of(1, 2), width: 1, height: 2, channels: 1 };
 * console.log(new RandomVerticalFlip({ p: 1 }).apply(picture).data); // 2, 1
 * ```
 */
export class RandomVerticalFlip extends RandomFlip {
  constructor(options: RandomFlipOptions = {}) {
    super("RandomVerticalFlip", options, flipVertically);
  }
}
