import type { NumberArray } from "./number-array.js";

/** Values whose first dimension lies beside each other, with the last one so. */
export function inRowOrder<TValues extends NumberArray | readonly string[]>(
  values: TValues,
  shape: readonly number[],
): TValues;
export function inRowOrder(values: NumberArray | readonly string[], shape: readonly number[]): unknown {
  const places = placesOf(shape, values.length);
  if (Array.isArray(values)) return Array.from(places, (place) => values[place]);
  const result: NumberArray = Reflect.construct(values.constructor, [values.length]);
  for (let i = 0; i < places.length; i += 1) Reflect.set(result, i, values[places[i] ?? 0]);
  return result;
}

/** Where each value of the row order lies in Fortran's. */
function placesOf(shape: readonly number[], count: number): Int32Array {
  const strides: number[] = [];
  let stride = 1;
  for (const length of shape) {
    strides.push(stride);
    stride *= length;
  }
  const places = new Int32Array(count);
  const at = shape.map(() => 0);
  let place = 0;
  for (let i = 0; i < count; i += 1) {
    places[i] = place;
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      at[axis] = (at[axis] ?? 0) + 1;
      place += strides[axis] ?? 0;
      if ((at[axis] ?? 0) < (shape[axis] ?? 0)) break;
      place -= (strides[axis] ?? 0) * (shape[axis] ?? 0);
      at[axis] = 0;
    }
  }
  return places;
}
