import { mapPlanes, type Planes } from "./planes.js";

/**
 * Where a pixel of the result comes from: [a, b, c, d, e, f] for (a·x + b·y + c, d·x + e·y + f), counted from the
 * image's middle, to the right and down.
 */
export type InverseMap = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** Moves an image's pixels; what comes from beyond its edges is `fill`. */
export function warp(
  planes: Planes,
  [a, b, c, d, e, f]: InverseMap,
  interpolation: "nearest" | "bilinear",
  fill: number,
): Planes {
  const { height, width, values } = planes;
  const valueAt = (channel: number, row: number, column: number): number =>
    row < 0 || row >= height || column < 0 || column >= width
      ? fill
      : (values[(channel * height + row) * width + column] ?? 0);
  return mapPlanes(planes, planes, (channel, y, x) => {
    const [right, down] = [x - width / 2 + 0.5, y - height / 2 + 0.5];
    const column = a * right + b * down + c + width / 2 - 0.5;
    const row = d * right + e * down + f + height / 2 - 0.5;
    if (interpolation === "nearest") return valueAt(channel, roundToEven(row), roundToEven(column));
    const [top, left] = [Math.floor(row), Math.floor(column)];
    const [below, beside] = [row - top, column - left];
    return (
      (1 - below) * ((1 - beside) * valueAt(channel, top, left) + beside * valueAt(channel, top, left + 1)) +
      below * ((1 - beside) * valueAt(channel, top + 1, left) + beside * valueAt(channel, top + 1, left + 1))
    );
  });
}

/** The nearest integer of a float32 number, halves to the even one. */
function roundToEven(value: number): number {
  const single = Math.fround(value);
  const below = Math.floor(single);
  if (single - below !== 0.5) return Math.round(single);
  return below % 2 === 0 ? below : below + 1;
}

/** @param degrees counter-clockwise, about the middle */
export function rotation(degrees: number): InverseMap {
  const [sin, cos] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
  return [cos, -sin, 0, sin, cos, 0];
}

/** @param x,y pixels to the right and down */
export function translation(x: number, y: number): InverseMap {
  return [1, 0, -x, 0, 1, -y];
}

/**
 * Pushes rows, or columns, along by `x`, or `y`, times their distance from the top left corner.
 * @param size of the image
 */
export function shear(
  x: number,
  y: number,
  { height, width }: { readonly height: number; readonly width: number },
): InverseMap {
  const [middleX, middleY] = [-width / 2, -height / 2];
  return [1, x, -x * middleY, y, 1, -y * middleX];
}
