import { MisconfigurationError, rejectUnknownOptions, type RandomStream } from "@lightning-ts/core";
import { adjustBrightness, adjustContrast, adjustSaturation } from "./functional/color.js";
import type { Planes } from "./functional/planes.js";
import { adjustSharpness } from "./functional/sharpness.js";
import { autoContrast, equalize, posterize, solarize } from "./functional/tones.js";
import { rotation, shear, translation, warp, type InverseMap } from "./functional/warp.js";
import { ImageTransform } from "./image-transform.js";
import { requireChoice, wrong } from "./options.js";

export interface RandAugmentOptions {
  /** How many changes one after another. @default 2 */
  readonly numOps?: number | undefined;
  /** How strong they are, below `numMagnitudeBins`. @default 9 */
  readonly magnitude?: number | undefined;
  /** @default 31 */
  readonly numMagnitudeBins?: number | undefined;
  /** @default "nearest" */
  readonly interpolation?: "nearest" | "bilinear" | undefined;
  /** The number of the pixels that come from beyond the edges. @default 0 */
  readonly fill?: number | undefined;
}

/** How a change is done; `strength` is 0 … 1, with a sign where the change has two directions. */
type Change = (planes: Planes, strength: number, move: (map: InverseMap) => Planes) => Planes;

/** How far torchvision pushes an image, as a part of its size. */
const FARTHEST = 150 / 331;

/** Changes that go both ways. */
export const SIGNED: Readonly<Record<string, Change>> = {
  shearX: (planes, strength, move) => move(shear(0.3 * strength, 0, planes)),
  shearY: (planes, strength, move) => move(shear(0, 0.3 * strength, planes)),
  translateX: (planes, strength, move) => move(translation(Math.trunc(FARTHEST * planes.width * strength), 0)),
  translateY: (planes, strength, move) => move(translation(0, Math.trunc(FARTHEST * planes.height * strength))),
  rotate: (_, strength, move) => move(rotation(30 * strength)),
  brightness: (planes, strength) => adjustBrightness(planes, 1 + 0.9 * strength),
  color: (planes, strength) => adjustSaturation(planes, 1 + 0.9 * strength),
  contrast: (planes, strength) => adjustContrast(planes, 1 + 0.9 * strength),
  sharpness: (planes, strength) => adjustSharpness(planes, 1 + 0.9 * strength),
};

/** Changes that go one way. */
export const UNSIGNED: Readonly<Record<string, Change>> = {
  identity: (planes) => planes,
  posterize: (planes, strength) => posterize(planes, 8 - Math.round(4 * strength)),
  solarize: (planes, strength) => solarize(planes, 255 * (1 - strength)),
  autoContrast,
  equalize,
};

const CHANGES = [
  ...Object.values(SIGNED).map((change) => ({ change, isSigned: true })),
  ...Object.values(UNSIGNED).map((change) => ({ change, isSigned: false })),
];

/**
 * Some changes out of fourteen, of one strength (Cubuk et al., "RandAugment", 2019), of images of bytes.
 * @example
 * ```ts
 * import { Compose, RandAugment, ToTensor } from "@lightning-ts/vision";
 *
 * const augment = new Compose([new RandAugment({ magnitude: 5 }), new ToTensor()]);
 * const picture = { data: new Uint8Array(32 * 32 * 3), width: 32, height: 32, channels: 3 };
 * console.log(augment.apply(picture).shape); // [3, 32, 32]
 * ```
 */
export class RandAugment extends ImageTransform {
  readonly #numOps: number;
  readonly #strength: number;
  readonly #interpolation: "nearest" | "bilinear";
  readonly #fill: number;

  constructor(options: RandAugmentOptions = {}) {
    super();
    rejectUnknownOptions("RandAugment", options, ["numOps", "magnitude", "numMagnitudeBins", "interpolation", "fill"]);
    const { numOps = 2, magnitude = 9, numMagnitudeBins: bins = 31, interpolation = "nearest", fill = 0 } = options;
    if (!Number.isInteger(numOps) || numOps < 0)
      throw wrong("RandAugment", "numOps", "an integer of at least 0", numOps);
    if (!Number.isInteger(bins) || bins < 2) throw wrong("RandAugment", "numMagnitudeBins", "an integer above 1", bins);
    if (!Number.isInteger(magnitude) || magnitude < 0 || magnitude >= bins)
      throw wrong("RandAugment", "magnitude", `an integer from 0 to ${bins - 1}`, magnitude);
    this.#numOps = numOps;
    this.#strength = magnitude / (bins - 1);
    this.#interpolation = requireChoice("RandAugment", "interpolation", interpolation, ["nearest", "bilinear"]);
    this.#fill = fill;
  }

  protected override change(planes: Planes, random: RandomStream): Planes {
    if (planes.white !== 255)
      throw new MisconfigurationError({
        message: "RandAugment changes images of bytes.",
        received: "a tensor",
        tryThis: "ToTensor after it.",
      });
    let made = planes;
    for (let i = 0; i < this.#numOps; i += 1) {
      const chosen = CHANGES[random.integer(CHANGES.length)];
      const sign = chosen?.isSigned === true && random.integer(2) === 1 ? -1 : 1;
      const before = made;
      const move = (map: InverseMap): Planes => rounded(warp(before, map, this.#interpolation, this.#fill));
      made = chosen?.change(before, sign * this.#strength, move) ?? before;
    }
    return made;
  }
}

/** Bytes again, for the change that comes next. */
const rounded = (planes: Planes): Planes => ({
  ...planes,
  values: Float32Array.from(Uint8ClampedArray.from(planes.values)),
});
