import { bilinear } from "./bilinear.js";
import { Bounded, type Parts } from "./bounded.js";
import { broadcastMap, broadcastShape, sizeOf, walk } from "./shapes.js";

/** A product of matrices in the last two axes; leading axes broadcast. */
export function matMul(
  a: Bounded,
  b: Bounded,
  { transposeA = false, transposeB = false }: { readonly transposeA?: boolean; readonly transposeB?: boolean },
): Bounded {
  const [aRows = 1, aColumns = 1] = a.shape.slice(-2);
  const [bRows = 1, bColumns = 1] = b.shape.slice(-2);
  const [rows, inner, columns] = [
    transposeA ? aColumns : aRows,
    transposeA ? aRows : aColumns,
    transposeB ? bRows : bColumns,
  ];
  const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const [fromA, fromB] = [broadcastMap(a.shape.slice(0, -2), batch), broadcastMap(b.shape.slice(0, -2), batch)];
  const [aRow, aStep] = transposeA ? [1, aColumns] : [aColumns, 1];
  const [bColumn, bStep] = transposeB ? [bColumns, 1] : [1, bColumns];
  return bilinear(a, b, [...batch, rows, columns], (visit) => {
    for (let at = 0; at < sizeOf(batch); at++) {
      const [a0, b0, y0] = [fromA[at]! * aRows * aColumns, fromB[at]! * bRows * bColumns, at * rows * columns];
      for (let row = 0; row < rows; row++) {
        for (let step = 0; step < inner; step++) {
          const i = a0 + row * aRow + step * aStep;
          for (let column = 0; column < columns; column++)
            visit(i, b0 + column * bColumn + step * bStep, y0 + row * columns + column);
        }
      }
    }
  });
}

export interface ConvGeometry {
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** Zeros before each axis; what is past the end follows from the result's lengths. */
  readonly before: readonly number[];
  readonly groups: number;
}

/**
 * x [N, Ci, ...], weight [Co, Ci / groups, ...] -> [N, Co, ...out]: every product of a window, in any number of
 * dimensions.
 */
export function convolution(x: Bounded, weight: Bounded, out: readonly number[], geometry: ConvGeometry): Bounded {
  const shape = [x.shape[0]!, weight.shape[0]!, ...out];
  const result = bilinear(x, weight, shape, (visit) => eachProduct(x.shape, weight.shape, out, geometry, visit));
  return new Bounded(shape, result.values, result.errors, [x, weight], (gradient) => {
    const [toInput, toWeight] = result.pull?.(gradient) ?? [];
    if (toWeight !== undefined && !gradient.values.every(Number.isFinite))
      countPadding(toWeight, gradient, weight.shape, windowMap(x.shape.slice(2), weight.shape.slice(2), out, geometry));
    return [toInput, toWeight];
  });
}

/**
 * The zeros of the padding are multiplied like others, in PyTorch too: where a window's gradient is not finite, the
 * gradient of each cell that lies in the padding is NaN.
 */
function countPadding(toWeight: Parts, gradient: Parts, weight: readonly number[], windows: Int32Array): void {
  const [filters = 1, perGroup = 1, ...kernel] = weight;
  const cells = sizeOf(kernel);
  const places = windows.length / cells;
  gradient.values.forEach((value, k) => {
    if (Number.isFinite(value)) return;
    const [filter, place] = [Math.floor(k / places) % filters, k % places];
    for (let cell = 0; cell < cells; cell++) {
      if (windows[place * cells + cell]! >= 0) continue;
      for (let channel = 0; channel < perGroup; channel++)
        toWeight.values[(filter * perGroup + channel) * cells + cell] = Number.NaN;
    }
  });
}

/**
 * The same products with input and result exchanged. x [N, Co, ...], weight [Co, Ci / groups, ...] -> shape [N, Ci,
 * ...].
 */
export function convolutionTransposed(
  x: Bounded,
  weight: Bounded,
  shape: readonly number[],
  geometry: ConvGeometry,
): Bounded {
  return bilinear(x, weight, shape, (visit) =>
    eachProduct(shape, weight.shape, x.shape.slice(2), geometry, (i, j, k) => visit(k, j, i)),
  );
}

function eachProduct(
  input: readonly number[],
  weight: readonly number[],
  out: readonly number[],
  geometry: ConvGeometry,
  visit: (i: number, j: number, k: number) => void,
): void {
  const [batch = 1, channels = 1, ...space] = input;
  const [filters = 1, perGroup = 1, ...kernel] = weight;
  const [pixels, places, cells] = [sizeOf(space), sizeOf(out), sizeOf(kernel)];
  const windows = windowMap(space, kernel, out, geometry);
  const filtersPerGroup = filters / geometry.groups;
  for (let n = 0; n < batch; n++) {
    for (let filter = 0; filter < filters; filter++) {
      const first = Math.floor(filter / filtersPerGroup) * perGroup;
      for (let channel = 0; channel < perGroup; channel++) {
        const [from, by, to] = [
          (n * channels + first + channel) * pixels,
          (filter * perGroup + channel) * cells,
          (n * filters + filter) * places,
        ];
        for (let at = 0; at < windows.length; at++) {
          const pixel = windows[at]!;
          if (pixel >= 0) visit(from + pixel, by + (at % cells), to + Math.floor(at / cells));
        }
      }
    }
  }
}

/** For every place of the result and every cell of the kernel, the pixel under it; -1 in the padding. */
export function windowMap(
  space: readonly number[],
  kernel: readonly number[],
  out: readonly number[],
  { stride, dilation, before }: Omit<ConvGeometry, "groups">,
): Int32Array {
  const cells = sizeOf(kernel);
  const map = new Int32Array(sizeOf(out) * cells);
  const [places, offsets] = [coordinates(out), coordinates(kernel)];
  for (let place = 0; place < sizeOf(out); place++) {
    for (let cell = 0; cell < cells; cell++) {
      let at = 0;
      for (let axis = 0; axis < space.length; axis++) {
        const position =
          places[axis]![place]! * stride[axis]! - before[axis]! + offsets[axis]![cell]! * dilation[axis]!;
        at = at < 0 || position < 0 || position >= space[axis]! ? -1 : at * space[axis]! + position;
      }
      map[place * cells + cell] = at;
    }
  }
  return map;
}

/** For each axis, the coordinate of every element. */
function coordinates(shape: readonly number[]): Int32Array[] {
  return shape.map((_, axis) =>
    walk(
      shape,
      shape.map((_length, other) => (other === axis ? 1 : 0)),
    ),
  );
}
