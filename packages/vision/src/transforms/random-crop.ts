import { MisconfigurationError, rejectUnknownOptions, type RandomStream } from "@lightning-ts/core";
import { crop, pad, type Padding, type PaddingMode } from "./functional/crop.js";
import type { Planes } from "./functional/planes.js";
import { ImageTransform } from "./image-transform.js";
import { requireChoice, requireSize, wrong, type Size } from "./options.js";

export interface RandomCropOptions {
  /** Pixels that are put around the image before: on all sides, left and right with top and bottom, or each. */
  readonly padding?:
    | number
    | readonly [horizontal: number, vertical: number]
    | readonly [left: number, top: number, right: number, bottom: number]
    | undefined;
  /** Put pixels around an image that is too small. @default false */
  readonly padIfNeeded?: boolean | undefined;
  /** The number of those pixels, for `"constant"`. @default 0 */
  readonly fill?: number | undefined;
  /** @default "constant" */
  readonly paddingMode?: PaddingMode | undefined;
}

const PADDING_MODES: readonly PaddingMode[] = ["constant", "edge", "reflect", "symmetric"];

/**
 * A part of the image, somewhere.
 * @example
 * ```ts
 * import { RandomCrop } from "@lightning-ts/vision";
 *
 * const picture = { data: new Uint8Array(28 * 28), width: 28, height: 28, channels: 1 };
 * console.log(new RandomCrop(24, { padding: 2 }).apply(picture).height); // 24
 * ```
 */
export class RandomCrop extends ImageTransform {
  readonly #size: { readonly height: number; readonly width: number };
  readonly #padding: Padding;
  readonly #options: RandomCropOptions;

  constructor(size: Size, options: RandomCropOptions = {}) {
    super();
    rejectUnknownOptions("RandomCrop", options, ["padding", "padIfNeeded", "fill", "paddingMode"]);
    this.#size = requireSize("RandomCrop", size);
    this.#padding = paddingOf(options.padding);
    requireChoice("RandomCrop", "paddingMode", options.paddingMode ?? "constant", PADDING_MODES);
    this.#options = options;
  }

  protected override change(planes: Planes, random: RandomStream): Planes {
    const padded = this.#padded(planes);
    const [down, across] = [padded.height - this.#size.height, padded.width - this.#size.width];
    if (down < 0 || across < 0)
      throw new MisconfigurationError({
        message: "RandomCrop cannot take a part that is larger than the image.",
        expected: `at least ${this.#size.height} × ${this.#size.width} pixels, with the padding`,
        received: `${padded.height} × ${padded.width}`,
        tryThis: "padIfNeeded: true, or Resize before it.",
      });
    return crop(padded, { ...this.#size, top: random.integer(down + 1), left: random.integer(across + 1) });
  }

  #padded(planes: Planes): Planes {
    const { padIfNeeded = false, fill = 0, paddingMode = "constant" } = this.#options;
    const { height, width } = this.#size;
    const put = (image: Planes, padding: Padding): Planes =>
      Object.values(padding).every((count) => count === 0) ? image : pad(image, padding, paddingMode, fill);
    const padded = put(planes, this.#padding);
    if (!padIfNeeded) return padded;
    const [x, y] = [Math.max(0, width - padded.width), Math.max(0, height - padded.height)];
    return put(padded, { left: x, right: x, top: y, bottom: y });
  }
}

function paddingOf(padding: RandomCropOptions["padding"] = 0): Padding {
  const list: readonly unknown[] = Array.isArray(padding) ? padding : [padding];
  const numbers = list.filter(
    (value): value is number => typeof value === "number" && Number.isInteger(value) && value >= 0,
  );
  const [left = 0, top = left, right = left, bottom = top] = numbers;
  if (numbers.length === list.length && [1, 2, 4].includes(list.length)) return { left, top, right, bottom };
  throw wrong("RandomCrop", "padding", "a number of pixels, two or four", padding);
}
