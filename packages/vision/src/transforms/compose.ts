import { RandomStream } from "@lightning-ts/core";
import type { AnyImage, ImageTensor } from "./functional/planes.js";
import type { ImageTransform } from "./image-transform.js";
import type { Lambda } from "./lambda.js";
import type { ToTensor } from "./to-tensor.js";

/** What can stand in a row of transforms. */
export type Transform = ImageTransform | ToTensor | Lambda | Compose<readonly Transform[]>;

/**
 * Transforms one after another. The result is a tensor if `ToTensor` is among them.
 * @example
 * ```ts
 * import { Compose, Normalize, RandomCrop, RandomHorizontalFlip, ToTensor } from "@lightning-ts/vision";
 *
 * const train = new Compose([
 *   new RandomCrop(32, { padding: 4 }),
 *   new RandomHorizontalFlip(),
 *   new ToTensor(),
 *   new Normalize([0.49, 0.48, 0.45], [0.25, 0.24, 0.26]),
 * ]);
 * const picture = { data: new Uint8Array(32 * 32 * 3), width: 32, height: 32, channels: 3 };
 * console.log(train.apply(picture).shape); // [3, 32, 32]
 * ```
 */
export class Compose<const TList extends readonly Transform[]> {
  readonly transforms: TList;

  constructor(transforms: TList) {
    this.transforms = transforms;
  }

  /** @param random where the transforms draw from. @default the stream "transforms" */
  apply<TImage extends AnyImage>(image: TImage, random?: RandomStream): Transformed<TImage, TList>;
  apply(image: AnyImage, random: RandomStream = RandomStream.named("transforms")): AnyImage {
    return this.transforms.reduce<AnyImage>((made, transform) => transform.apply(made, random), image);
  }
}

/** What a row of transforms makes of an image. */
export type Transformed<TImage extends AnyImage, TList extends readonly Transform[]> = ToTensor extends TList[number]
  ? ImageTensor
  : TImage;
