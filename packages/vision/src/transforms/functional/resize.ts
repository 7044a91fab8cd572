import type { Planes } from "./planes.js";

/** How numbers between pixels are found. */
export type Interpolation = "nearest" | "bilinear" | "bicubic";

interface Kernel {
  /** How many pixels it reaches, at scale 1. */
  readonly reach: number;
  weight(distance: number): number;
}

const KERNELS: Readonly<Record<"bilinear" | "bicubic", Kernel>> = {
  bilinear: { reach: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { reach: 2, weight: cubic },
};

/** Keys' cubic with the coefficient of PIL. */
function cubic(x: number): number {
  const [a, d] = [-0.5, Math.abs(x)];
  if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? (((d - 5) * d + 8) * d - 4) * a : 0;
}

/** Which pixels one pixel of the result is made of. */
interface Taps {
  readonly first: number;
  readonly weights: Float64Array;
}

/**
 * Scales an image, as torchvision's `resize` of tensors with `antialias`: where the image shrinks, the kernel widens.
 * @param size in pixels
 */
export function resize(
  planes: Planes,
  size: { readonly height: number; readonly width: number },
  interpolation: Interpolation,
): Planes {
  const { height, width } = size;
  if (height === planes.height && width === planes.width) return planes;
  const across = along(planes, width, interpolation, "width");
  return along(across, height, interpolation, "height");
}

function along(planes: Planes, size: number, interpolation: Interpolation, axis: "width" | "height"): Planes {
  const { values, channels, height, width, white } = planes;
  const taps = tapsOf(planes[axis], size, interpolation);
  const result = { channels, height, width, white, [axis]: size };
  const [rows, columns] = [axis === "height" ? size : height, axis === "width" ? size : width];
  const made = new Float32Array(channels * rows * columns);
  const stride = axis === "width" ? 1 : width;
  let i = 0;
  for (let c = 0; c < channels; c += 1)
    for (let y = 0; y < rows; y += 1)
      for (let x = 0; x < columns; x += 1) {
        const { first, weights } = taps[axis === "width" ? x : y] ?? { first: 0, weights: new Float64Array() };
        let at = axis === "width" ? (c * height + y) * width + first : (c * height + first) * width + x;
        let sum = 0;
        for (const weight of weights) {
          sum += weight * (values[at] ?? 0);
          at += stride;
        }
        made[i] = sum;
        i += 1;
      }
  return { ...result, values: made };
}

function tapsOf(from: number, to: number, interpolation: Interpolation): readonly Taps[] {
  const scale = from / to;
  if (interpolation === "nearest")
    return Array.from({ length: to }, (_, i) => ({
      first: Math.min(Math.floor(i * scale), from - 1),
      weights: Float64Array.of(1),
    }));
  const { reach, weight } = KERNELS[interpolation];
  const stretch = Math.max(scale, 1);
  return Array.from({ length: to }, (_, i) => {
    const center = scale * (i + 0.5);
    const first = Math.max(Math.trunc(center - reach * stretch + 0.5), 0);
    const end = Math.min(Math.trunc(center + reach * stretch + 0.5), from);
    const weights = Float64Array.from({ length: end - first }, (_unused, j) =>
      weight((j + first - center + 0.5) / stretch),
    );
    const sum = weights.reduce((total, value) => total + value, 0);
    return { first, weights: weights.map((value) => value / sum) };
  });
}

/** The size at which the shorter edge is `shorter` pixels long. */
export function sizeOfShorterEdge(
  { height, width }: { readonly height: number; readonly width: number },
  shorter: number,
): { readonly height: number; readonly width: number } {
  const longer = Math.trunc((shorter * Math.max(height, width)) / Math.min(height, width));
  return width <= height ? { height: longer, width: shorter } : { height: shorter, width: longer };
}
