import { indicesOf, NdArray } from "./nd-array.js";

export interface ReferenceConv {
  readonly stride: readonly number[];
  readonly padding: readonly (readonly [number, number])[];
  readonly dilation: readonly number[];
  readonly groups: number;
}

/** Calls `visit` for every product that a convolution adds up. */
function eachProduct(
  shapes: { x: readonly number[]; weight: readonly number[] },
  conv: ReferenceConv,
  visit: (x: number[], weight: number[], y: number[]) => void,
): number[] {
  const [batch = 0, , ...inSpatial] = shapes.x;
  const [outChannels = 0, perGroup = 0, ...kernel] = shapes.weight;
  const outSpatial = inSpatial.map((size, axis) => {
    const [before = 0, after = 0] = conv.padding[axis] ?? [];
    return (
      Math.floor(
        (size + before + after - ((kernel[axis] ?? 1) - 1) * (conv.dilation[axis] ?? 1) - 1) / (conv.stride[axis] ?? 1),
      ) + 1
    );
  });
  const yShape = [batch, outChannels, ...outSpatial];
  for (const y of indicesOf(yShape)) {
    const [image = 0, out = 0, ...place] = y;
    const group = Math.floor(out / (outChannels / conv.groups));
    for (const [channel = 0, ...offset] of indicesOf([perGroup, ...kernel])) {
      const at = place.map(
        (position, axis) =>
          position * (conv.stride[axis] ?? 1) -
          (conv.padding[axis]?.[0] ?? 0) +
          (offset[axis] ?? 0) * (conv.dilation[axis] ?? 1),
      );
      if (at.some((position, axis) => position < 0 || position >= (inSpatial[axis] ?? 0))) continue;
      visit([image, group * perGroup + channel, ...at], [out, channel, ...offset], y);
    }
  }
  return yShape;
}

export function convolve(x: NdArray, weight: NdArray, conv: ReferenceConv): NdArray {
  const products: [number[], number][] = [];
  const shape = eachProduct({ x: x.shape, weight: weight.shape }, conv, (xi, wi, yi) =>
    products.push([yi, x.get(xi) * weight.get(wi)]),
  );
  const y = new NdArray(shape);
  for (const [index, value] of products) y.add(index, value);
  return y;
}

export function convolveInputGrad(
  dy: NdArray,
  weight: NdArray,
  inputShape: readonly number[],
  conv: ReferenceConv,
): NdArray {
  const dx = new NdArray(inputShape);
  eachProduct({ x: inputShape, weight: weight.shape }, conv, (xi, wi, yi) => dx.add(xi, dy.get(yi) * weight.get(wi)));
  return dx;
}

export function convolveWeightGrad(
  x: NdArray,
  dy: NdArray,
  weightShape: readonly number[],
  conv: ReferenceConv,
): NdArray {
  const dw = new NdArray(weightShape);
  eachProduct({ x: x.shape, weight: weightShape }, conv, (xi, wi, yi) => dw.add(wi, dy.get(yi) * x.get(xi)));
  return dw;
}
