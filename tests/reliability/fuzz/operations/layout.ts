import type { Draw } from "../program/draw.js";
import { add, reshape } from "../reference/arithmetic.js";
import type { Bounded } from "../reference/bounded.js";
import { gatherBy } from "../reference/index-maps.js";
import { broadcastMap, sizeOf, stridesOf, walk } from "../reference/shapes.js";
import type { Operation } from "./operation.js";

function order(draw: Draw, rank: number): number[] {
  const rest = Array.from({ length: rank }, (_, i) => i);
  const result: number[] = [];
  while (rest.length > 0) result.push(...rest.splice(rest.length - 1 - draw.tape.below(rest.length), 1));
  return result;
}

const transpose: Operation = (draw) => {
  const x = draw.input({ rank: [1, 4] });
  const permutation = order(draw, x.shape.length);
  const shape = permutation.map((axis) => x.shape[axis]!);
  const map = (): Int32Array =>
    walk(
      shape,
      permutation.map((axis) => stridesOf(x.shape)[axis]!),
    );
  return {
    name: "transpose",
    code: `tf.transpose($0, [${permutation.join(", ")}])`,
    inputs: [x.index],
    shape,
    dtype: "float32",
    reference: ([value]) => gatherBy(value!, map(), shape),
  };
};

const flatten: Operation = (draw) => {
  const x = draw.input();
  const shape = draw.tape.pick([
    [x.shape.length === 0 ? 1 : sizeOf(x.shape)],
    [1, ...x.shape],
    [...x.shape, 1],
    x.shape.toReversed(),
  ]);
  return {
    name: "reshape",
    code: `tf.reshape($0, [${shape.join(", ")}])`,
    inputs: [x.index],
    shape,
    dtype: "float32",
    reference: ([value]) => reshape(value!, shape),
  };
};

const slice: Operation = (draw) => {
  const x = draw.input({ rank: [1, 4] });
  const begin = x.shape.map((length) => draw.tape.below(length));
  const shape = x.shape.map((length, axis) => length - begin[axis]! - draw.tape.below(length - begin[axis]!));
  const strides = stridesOf(x.shape);
  const offset = begin.reduce((sum, at, axis) => sum + at * strides[axis]!, 0);
  return {
    name: "slice",
    code: `tf.slice($0, [${begin.join(", ")}], [${shape.join(", ")}])`,
    inputs: [x.index],
    shape,
    dtype: "float32",
    reference: ([value]) => gatherBy(value!, walk(shape, strides, offset), shape),
  };
};

const reverse: Operation = (draw) => {
  const x = draw.input({ rank: [1, 4] });
  const axes = draw.axes(x.shape);
  const strides = stridesOf(x.shape);
  const signed = strides.map((stride, axis) => (axes.includes(axis) ? -stride : stride));
  const offset = axes.reduce((sum, axis) => sum + (x.shape[axis]! - 1) * strides[axis]!, 0);
  return {
    name: "reverse",
    code: `tf.reverse($0, [${axes.join(", ")}])`,
    inputs: [x.index],
    shape: x.shape,
    dtype: "float32",
    reference: ([value]) => gatherBy(value!, walk(x.shape, signed, offset), x.shape),
  };
};

const pad: Operation = (draw) => {
  const x = draw.input({ rank: [1, 4] });
  const paddings = x.shape.map(() => [draw.tape.below(3), draw.tape.below(3)] as const);
  const shape = x.shape.map((length, axis) => length + paddings[axis]![0] + paddings[axis]![1]);
  const map = (): Int32Array => {
    const result = new Int32Array(sizeOf(shape)).fill(-1);
    const strides = stridesOf(shape);
    const offset = paddings.reduce((sum, [before], axis) => sum + before * strides[axis]!, 0);
    walk(x.shape, strides, offset).forEach((to, from) => void (result[to] = from));
    return result;
  };
  return {
    name: "pad",
    code: `tf.pad($0, [${paddings.map((pair) => `[${pair.join(", ")}]`).join(", ")}])`,
    inputs: [x.index],
    shape,
    dtype: "float32",
    reference: ([value]) => gatherBy(value!, map(), shape),
  };
};

const concat: Operation = (draw) => {
  const a = draw.input({ rank: [1, 4] });
  const axis = draw.axis(a.shape);
  const b = draw.input({
    shape:
      draw.tape.below(2) === 0 ? a.shape : a.shape.map((length, i) => (i === axis ? 1 + draw.tape.below(3) : length)),
  });
  const shape = a.shape.map((length, i) => (i === axis ? length + b.shape[i]! : length));
  const strides = stridesOf(shape);
  const placed = (value: Bounded, offset: number): Bounded => {
    const map = new Int32Array(sizeOf(shape)).fill(-1);
    walk(value.shape, strides, offset).forEach((to, from) => void (map[to] = from));
    return gatherBy(value, map, shape);
  };
  return {
    name: "concat",
    code: `tf.concat([$0, $1], ${axis})`,
    inputs: [a.index, b.index],
    shape,
    dtype: "float32",
    reference: ([x, y]) => add(placed(x!, 0), placed(y!, a.shape[axis]! * strides[axis]!)),
  };
};

const tile: Operation = (draw) => {
  const x = draw.input({ rank: [1, 3], most: Math.max(1, draw.budget / 8) });
  const times = x.shape.map(() => 1 + draw.tape.below(2));
  const shape = x.shape.map((length, axis) => length * times[axis]!);
  const strides = stridesOf(x.shape);
  const doubled = x.shape.flatMap((length, axis) => [times[axis]!, length]);
  return {
    name: "tile",
    code: `tf.tile($0, [${times.join(", ")}])`,
    inputs: [x.index],
    shape,
    dtype: "float32",
    reference: ([value]) =>
      gatherBy(
        value!,
        walk(
          doubled,
          strides.flatMap((stride) => [0, stride]),
        ),
        shape,
      ),
  };
};

const expand: Operation = (draw) => {
  const x = draw.input({ rank: [0, 3], most: Math.max(1, draw.budget / 8) });
  const shape = [1 + draw.tape.below(7), ...x.shape];
  return {
    name: "broadcastTo",
    code: `tf.broadcastTo($0, [${shape.join(", ")}])`,
    inputs: [x.index],
    shape,
    dtype: "float32",
    reference: ([value]) => gatherBy(value!, broadcastMap(x.shape, shape), shape),
  };
};

export const LAYOUT: readonly Operation[] = [transpose, flatten, slice, reverse, pad, concat, tile, expand];
