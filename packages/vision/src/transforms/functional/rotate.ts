import { mapPlanes, type Planes } from "./planes.js";

/**
 * Turns an image about its middle; what comes from beyond its edges is `fill`.
 * @param degrees counter-clockwise
 */
export function rotate(planes: Planes, degrees: number, interpolation: "nearest" | "bilinear", fill: number): Planes {
  const { height, width, values } = planes;
  const [sin, cos] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
  const valueAt = (c: number, row: number, column: number): number =>
    row < 0 || row >= height || column < 0 || column >= width
      ? fill
      : (values[(c * height + row) * width + column] ?? 0);
  return mapPlanes(planes, planes, (c, y, x) => {
    const [right, down] = [x - width / 2 + 0.5, y - height / 2 + 0.5];
    const column = cos * right - sin * down + width / 2 - 0.5;
    const row = sin * right + cos * down + height / 2 - 0.5;
    if (interpolation === "nearest") return valueAt(c, roundToEven(row), roundToEven(column));
    const [top, left] = [Math.floor(row), Math.floor(column)];
    const [below, beside] = [row - top, column - left];
    return (
      (1 - below) * ((1 - beside) * valueAt(c, top, left) + beside * valueAt(c, top, left + 1)) +
      below * ((1 - beside) * valueAt(c, top + 1, left) + beside * valueAt(c, top + 1, left + 1))
    );
  });
}

/** The nearest integer of a float32 number, halves to the even one. */
function roundToEven(value: number): number {
  const single = Math.fround(value);
  const below = Math.floor(single);
  const rest = single - below;
  if (rest !== 0.5) return Math.round(single);
  return below % 2 === 0 ? below : below + 1;
}
