import { MisconfigurationError } from "@lightning-ts/core";
import type { LogImage } from "../logger.js";

/**
 * A PNG file of the image as it is now. The library is loaded by the first one.
 * @throws MisconfigurationError at once where the pixels do not fit
 */
export function pngOfImage({ height, width, channels, pixels }: LogImage): Promise<Uint8Array> {
  const isSize = [height, width].every((extent) => Number.isInteger(extent) && extent > 0);
  if (!isSize || pixels.length !== height * width * channels)
    throw new MisconfigurationError({
      code: "LIT_LOG_VALUE",
      message: "The pixels of this image do not fit its size.",
      expected: "height × width × channels numbers, and at least one row and column",
      received: `${pixels.length} numbers for ${height} × ${width} × ${channels}`,
    });
  const data = pixels.slice();
  return import("fast-png").then(({ encode }) => encode({ height, width, channels, depth: 8, data }));
}
