import { mapPlanes, type Planes } from "./planes.js";

/** A part of an image: its top left corner and its size in pixels. */
export interface Box {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** Where pixels beyond an image's edge come from. */
export type PaddingMode = "constant" | "edge" | "reflect" | "symmetric";

/** Pixels on each side. */
export interface Padding {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A part of an image; black where it reaches beyond. */
export function crop(planes: Planes, { top, left, height, width }: Box): Planes {
  const { values, height: rows, width: columns } = planes;
  return mapPlanes(planes, { height, width }, (c, y, x) => {
    const [row, column] = [y + top, x + left];
    const isInside = row >= 0 && row < rows && column >= 0 && column < columns;
    return isInside ? (values[(c * rows + row) * columns + column] ?? 0) : 0;
  });
}

export function pad(planes: Planes, padding: Padding, mode: PaddingMode, fill: number): Planes {
  const { values, height: rows, width: columns } = planes;
  const { left, top, right, bottom } = padding;
  const size = { height: rows + top + bottom, width: columns + left + right };
  return mapPlanes(planes, size, (c, y, x) => {
    const row = sourceOf(y - top, rows, mode);
    const column = sourceOf(x - left, columns, mode);
    return row < 0 || column < 0 ? fill : (values[(c * rows + row) * columns + column] ?? 0);
  });
}

/** The pixel that a place beyond the edge repeats; -1 for the fill value. */
function sourceOf(at: number, size: number, mode: PaddingMode): number {
  if (at >= 0 && at < size) return at;
  switch (mode) {
    case "constant":
      return -1;
    case "edge":
      return Math.min(Math.max(at, 0), size - 1);
    case "reflect":
      return fold(at, 2 * (size - 1), (place) => (place < size ? place : 2 * (size - 1) - place));
    case "symmetric":
      return fold(at, 2 * size, (place) => (place < size ? place : 2 * size - 1 - place));
  }
}

function fold(at: number, period: number, back: (place: number) => number): number {
  return period === 0 ? 0 : back(((at % period) + period) % period);
}

export function flipHorizontally(planes: Planes): Planes {
  const { values, height, width } = planes;
  return mapPlanes(planes, planes, (c, y, x) => values[(c * height + y) * width + (width - 1 - x)] ?? 0);
}

export function flipVertically(planes: Planes): Planes {
  const { values, height, width } = planes;
  return mapPlanes(planes, planes, (c, y, x) => values[(c * height + (height - 1 - y)) * width + x] ?? 0);
}
