import { MisconfigurationError } from "@lightning-ts/core";
import type { LogImage } from "../logger.js";

/** Grey with opacity, 2, is in no type, and PNG has it. */
const MOST_CHANNELS = 4;

/**
 * A PNG file of the image as it is now. The library is loaded by the first one.
 * @throws MisconfigurationError at once where the pixels do not fit
 */
export function pngOfImage({ height, width, channels, pixels }: LogImage): Promise<Uint8Array> {
  const isSize = [height, width, channels].every((extent) => Number.isInteger(extent) && extent > 0);
  if (!isSize || channels > MOST_CHANNELS || pixels.length !== height * width * channels)
    throw new MisconfigurationError({
      code: "LIT_LOG_VALUE",
      message: "The pixels of this image do not fit its size.",
      expected: "height × width × channels numbers, at least one row and column, and 1, 3 or 4 channels",
      received: `${pixels.length} numbers for ${height} × ${width} × ${channels}`,
    });
  // `slice` of a Buffer of Node's is no copy.
  const data = new Uint8Array(pixels);
  return import("fast-png").then(({ encode }) => encode({ height, width, channels, depth: 8, data }));
}
