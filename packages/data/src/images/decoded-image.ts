/** An image as decoders give it, and as the transforms of `@lightning-ts/vision` take it. */
export interface DecodedImage {
  /** Pixel by pixel from the top left, with its channels beside each other. */
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** 1 for grey, 3 for colours. */
  readonly channels: number;
}

/** The image with so many channels: grey as Pillow computes it, and no transparency. */
export function withChannels(image: DecodedImage, channels: 1 | 3): DecodedImage {
  if (image.channels === channels) return image;
  const { width, height } = image;
  const size = width * height;
  const from = image.data;
  const step = image.channels;
  const isGrey = step < 3;
  const data = new Uint8Array(size * channels);
  for (let i = 0; i < size; i += 1) {
    const at = i * step;
    const [red, green, blue] = [from[at] ?? 0, from[isGrey ? at : at + 1] ?? 0, from[isGrey ? at : at + 2] ?? 0];
    if (channels === 1) data[i] = isGrey ? red : (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
    else data.set([red, green, blue], i * 3);
  }
  return { data, width, height, channels };
}
