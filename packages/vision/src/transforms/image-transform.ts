import { RandomStream } from "@lightning-ts/core";
import { ofPlanes, toPlanes, type AnyImage, type Planes } from "./functional/planes.js";

/** Makes one image of another: of bytes or a tensor, and gives the same kind. */
export abstract class ImageTransform {
  /**
   * @param random where the transform draws from. @default the stream "transforms", which `seedEverything` seeds
   * @throws MisconfigurationError for what is no image
   */
  apply<TImage extends AnyImage>(image: TImage, random?: RandomStream): TImage;
  apply(image: AnyImage, random: RandomStream = RandomStream.named("transforms")): AnyImage {
    return ofPlanes(this.change(toPlanes(image), random), image);
  }

  protected abstract change(planes: Planes, random: RandomStream): Planes;
}
