import { rejectUnknownOptions, type RandomStream } from "@lightning-ts/core";
import { crop, type Box } from "./functional/crop.js";
import type { Planes } from "./functional/planes.js";
import { resize, type Interpolation } from "./functional/resize.js";
import { ImageTransform } from "./image-transform.js";
import { requireRange, requireSize, type Size } from "./options.js";
import { requireInterpolation } from "./resize.js";

export interface RandomResizedCropOptions {
  /** How much of the image's area. @default [0.08, 1] */
  readonly scale?: readonly [number, number] | undefined;
  /** Width by height. @default [3/4, 4/3] */
  readonly ratio?: readonly [number, number] | undefined;
  /** @default "bilinear" */
  readonly interpolation?: Interpolation | undefined;
}

const ATTEMPTS = 10;

/**
 * A part of the image, somewhere and of some size and shape, scaled to one size: what ImageNet is trained with.
 * @example
 * ```ts
 * import { RandomResizedCrop } from "@lightning-ts/vision";
 *
 * const picture = { data: new Uint8Array(80 * 60 * 3), width: 80, height: 60, channels: 3 };
 * console.log(new RandomResizedCrop(32).apply(picture).width); // 32
 * ```
 */
export class RandomResizedCrop extends ImageTransform {
  readonly #size: { readonly height: number; readonly width: number };
  readonly #scale: readonly [number, number];
  readonly #ratio: readonly [number, number];
  readonly #interpolation: Interpolation;

  constructor(size: Size, options: RandomResizedCropOptions = {}) {
    super();
    rejectUnknownOptions("RandomResizedCrop", options, ["scale", "ratio", "interpolation"]);
    this.#size = requireSize("RandomResizedCrop", size);
    this.#scale = requireRange("RandomResizedCrop", "scale", options.scale ?? [0.08, 1], [0, 1]);
    this.#ratio = requireRange("RandomResizedCrop", "ratio", options.ratio ?? [3 / 4, 4 / 3], [0, Infinity]);
    this.#interpolation = requireInterpolation("RandomResizedCrop", options.interpolation);
  }

  protected override change(planes: Planes, random: RandomStream): Planes {
    return resize(crop(planes, this.#choose(planes, random)), this.#size, this.#interpolation);
  }

  #choose({ height, width }: Planes, random: RandomStream): Box {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const part = partOf({ height, width }, { scale: this.#scale, ratio: this.#ratio }, random);
      if (part.width > 0 && part.width <= width && part.height > 0 && part.height <= height)
        return { ...part, top: random.integer(height - part.height + 1), left: random.integer(width - part.width + 1) };
    }
    return largestMiddle({ height, width }, this.#ratio);
  }
}

interface Area {
  readonly height: number;
  readonly width: number;
}

/** The size of a part with a random area and shape. */
export function partOf(
  { height, width }: Area,
  { scale, ratio }: { readonly scale: readonly [number, number]; readonly ratio: readonly [number, number] },
  random: RandomStream,
): Area {
  const area = height * width * random.uniform(...scale);
  const shape = Math.exp(random.uniform(Math.log(ratio[0]), Math.log(ratio[1])));
  return { width: Math.round(Math.sqrt(area * shape)), height: Math.round(Math.sqrt(area / shape)) };
}

function largestMiddle({ height, width }: Area, [least, most]: readonly [number, number]): Box {
  const shape = width / height;
  const part = {
    width: shape > most ? Math.round(height * most) : width,
    height: shape < least ? Math.round(width / least) : height,
  };
  return { ...part, top: Math.floor((height - part.height) / 2), left: Math.floor((width - part.width) / 2) };
}
