import type { Planes } from "./planes.js";

/** @param factor 0 for a blurred image, 1 for the image as it is, 2 for a sharper one */
export function adjustSharpness(planes: Planes, factor: number): Planes {
  const { channels, height, width, white } = planes;
  if (height <= 2 || width <= 2) return planes;
  const values = planes.values.slice();
  for (let c = 0; c < channels; c += 1)
    for (let y = 1; y < height - 1; y += 1)
      for (let x = 1; x < width - 1; x += 1) {
        const at = (c * height + y) * width + x;
        const blurred = blurredAt(planes, at);
        const mixed =
          factor * (planes.values[at] ?? 0) + (1 - factor) * (white === 255 ? Math.round(blurred) : blurred);
        const clamped = Math.min(Math.max(mixed, 0), white);
        values[at] = white === 255 ? Math.trunc(clamped) : clamped;
      }
  return { ...planes, values };
}

/** The mean of a pixel and its neighbours, itself counted five times. */
function blurredAt({ values, width }: Planes, at: number): number {
  let sum = 4 * (values[at] ?? 0);
  for (const row of [-width, 0, width]) for (const side of [-1, 0, 1]) sum += values[at + row + side] ?? 0;
  return sum / 13;
}
