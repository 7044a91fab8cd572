import type { NamedAttrMap, TensorInfo } from "@tensorflow/tfjs-core";
import { util } from "@tensorflow/tfjs-core";
import { numberAttribute, numbersAttribute } from "../lowering/read-attributes.js";

/** A kernel that only gives a tensor another shape; the data stay where they are. */
export interface AliasKernel {
  readonly name: string;
  readonly inputName: string;
  shapeOf(info: TensorInfo, attrs: NamedAttrMap | undefined): number[];
}

export const ALIAS_KERNELS: readonly AliasKernel[] = [
  { name: "Identity", inputName: "x", shapeOf: (x) => x.shape },
  { name: "Reshape", inputName: "x", shapeOf: reshape },
  { name: "ExpandDims", inputName: "input", shapeOf: expandDims },
];

function reshape(x: TensorInfo, attrs: NamedAttrMap | undefined): number[] {
  const size = util.sizeFromShape(x.shape);
  const shape = util.inferFromImplicitShape(numbersAttribute(attrs, "shape"), size);
  util.assert(
    size === util.sizeFromShape(shape),
    () =>
      `The new shape (${shape}) has ${util.sizeFromShape(shape)} elements and the old shape (${x.shape}) has ${size} elements. The new shape and old shape must have the same number of elements.`,
  );
  return shape;
}

function expandDims(x: TensorInfo, attrs: NamedAttrMap | undefined): number[] {
  const dim = numberAttribute(attrs, "dim");
  const rank = x.shape.length;
  util.assert(-(rank + 1) <= dim, () => `Axis must be in the interval [${-(rank + 1)}, ${rank}]`);
  const position = dim < 0 ? rank + dim + 1 : dim;
  return [...x.shape.slice(0, position), 1, ...x.shape.slice(position)];
}
