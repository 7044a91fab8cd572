import * as tf from "@tensorflow/tfjs-core";
import type { GradConfig, Tensor } from "@tensorflow/tfjs-core";
import { only, present } from "./arguments.js";

/** The gradient of `tf.mirrorPad`: what was mirrored gets the gradient of its copies too. tfjs cuts these off. */
export const mirrorPadGradient: GradConfig = {
  kernelName: "MirrorPad",
  inputsToSave: ["x"],
  gradFunc: (dy, [x], attrs) => ({
    x: () => {
      const edge = attrs["mode"] === "reflect" ? 1 : 0;
      const paddings = Array.isArray(attrs["paddings"]) ? attrs["paddings"] : [];
      return paddings.reduce<Tensor>((gradient, pair, axis) => {
        const [before = 0, after = 0] = Array.isArray(pair) ? pair.map(Number) : [];
        return foldBack(gradient, { axis, before, after, edge, length: present(x).shape[axis] ?? 0 });
      }, only(dy));
    },
  }),
};

interface Mirrored {
  readonly axis: number;
  readonly before: number;
  readonly after: number;
  /** 1 where the element at the edge is not repeated. */
  readonly edge: number;
  /** Length of the axis without its mirrors. */
  readonly length: number;
}

/** The middle of one axis plus both mirrors, turned around and laid where they came from. */
function foldBack(dy: Tensor, { axis, before, after, edge, length }: Mirrored): Tensor {
  const middle = cut(dy, axis, before, length);
  if (before === 0 && after === 0) return middle;
  const left = laid(tf.reverse(cut(dy, axis, 0, before), axis), axis, edge, length - edge - before);
  const right = laid(tf.reverse(cut(dy, axis, before + length, after), axis), axis, length - edge - after, edge);
  return tf.addN([middle, left, right]);
}

function cut(x: Tensor, axis: number, begin: number, size: number): Tensor {
  const at = <TValue>(value: TValue, other: TValue): TValue[] => x.shape.map((_, i) => (i === axis ? value : other));
  return tf.slice(x, at(begin, 0), at(size, -1));
}

function laid(x: Tensor, axis: number, before: number, after: number): Tensor {
  return tf.pad(
    x,
    x.shape.map((_, i): [number, number] => (i === axis ? [before, after] : [0, 0])),
  );
}
