import { MisconfigurationError } from "@lightning-ts/core";
import type { Planes } from "./planes.js";

/** `factor` times the image plus 1 - factor times `other`, within black and white. Bytes are cut off, as PyTorch's. */
function blend(planes: Planes, other: (pixel: number) => number, factor: number): Planes {
  const { white, height, width } = planes;
  const size = height * width;
  const values = planes.values.map((value, i) => {
    const mixed = Math.min(Math.max(factor * value + (1 - factor) * other(i % size), 0), white);
    return white === 255 ? Math.trunc(mixed) : mixed;
  });
  return { ...planes, values };
}

/** @param factor 0 for black, 1 for the image as it is */
export const adjustBrightness = (planes: Planes, factor: number): Planes => blend(planes, () => 0, factor);

/** @param factor 0 for an even grey, 1 for the image as it is */
export function adjustContrast(planes: Planes, factor: number): Planes {
  const grey = greyValues(planes);
  const mean = grey.reduce((sum, value) => sum + value, 0) / grey.length;
  return blend(planes, () => mean, factor);
}

/** @param factor 0 for no colours, 1 for the image as it is */
export function adjustSaturation(planes: Planes, factor: number): Planes {
  if (planes.channels === 1) return planes;
  const grey = greyValues(planes);
  return blend(planes, (pixel) => grey[pixel] ?? 0, factor);
}

/** An image without colours. @param channels 1, or 3 equal ones */
export function toGrey(planes: Planes, channels: 1 | 3): Planes {
  const grey = greyValues(planes);
  const values = new Float32Array(channels * grey.length);
  for (let c = 0; c < channels; c += 1) values.set(grey, c * grey.length);
  return { ...planes, channels, values };
}

/** @param shift part of the colour circle, -0.5 … 0.5 */
export function adjustHue(planes: Planes, shift: number): Planes {
  if (planes.channels === 1) return planes;
  requireColours(planes);
  const { white, height, width } = planes;
  const size = height * width;
  const values = new Float32Array(3 * size);
  for (let i = 0; i < size; i += 1) {
    const [r, g, b] = turned(colourAt(planes, i), shift);
    values[i] = ofUnit(r, white);
    values[size + i] = ofUnit(g, white);
    values[2 * size + i] = ofUnit(b, white);
  }
  return { ...planes, values };
}

type Colour = readonly [r: number, g: number, b: number];

function colourAt({ values, height, width, white }: Planes, pixel: number): Colour {
  const size = height * width;
  return [(values[pixel] ?? 0) / white, (values[size + pixel] ?? 0) / white, (values[2 * size + pixel] ?? 0) / white];
}

/** 0 … 1 as the image's own numbers. */
const ofUnit = (value: number, white: number): number => (white === 255 ? Math.trunc(value * 255.999) : value);

/** A colour after its hue was turned: to hue, saturation and value, and back. */
function turned([r, g, b]: Colour, shift: number): Colour {
  const value = Math.max(r, g, b);
  const range = value - Math.min(r, g, b);
  if (range === 0) return [r, g, b];
  const saturation = range / value;
  const [fromR, fromG, fromB] = [(value - r) / range, (value - g) / range, (value - b) / range];
  const sixth = value === r ? fromB - fromG : value === g ? 2 + fromR - fromB : 4 + fromG - fromR;
  const hue = modulo(sixth / 6 + shift, 1) * 6;
  const [part, rest] = [Math.floor(hue), hue - Math.floor(hue)];
  const p = Math.min(Math.max(value * (1 - saturation), 0), 1);
  const q = Math.min(Math.max(value * (1 - saturation * rest), 0), 1);
  const t = Math.min(Math.max(value * (1 - saturation * (1 - rest)), 0), 1);
  const colours: readonly Colour[] = [
    [value, t, p],
    [q, value, p],
    [p, value, t],
    [p, q, value],
    [t, p, value],
    [value, p, q],
  ];
  return colours[part % 6] ?? [r, g, b];
}

const modulo = (value: number, by: number): number => ((value % by) + by) % by;

function greyValues(planes: Planes): Float32Array {
  const { values, channels, height, width, white } = planes;
  const size = height * width;
  if (channels === 1) return values.slice();
  requireColours(planes);
  return Float32Array.from({ length: size }, (_, i) => {
    const grey = 0.2989 * (values[i] ?? 0) + 0.587 * (values[size + i] ?? 0) + 0.114 * (values[2 * size + i] ?? 0);
    return white === 255 ? Math.trunc(grey) : grey;
  });
}

function requireColours({ channels }: Planes): void {
  if (channels === 3) return;
  throw new MisconfigurationError({
    message: "Colours can be changed in images of one or three channels.",
    received: `${channels} channels`,
    tryThis: "leaving the fourth channel, transparency, out before.",
  });
}
