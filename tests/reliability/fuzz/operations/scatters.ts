import { Bounded } from "../reference/bounded.js";
import { gatherBy, scatterBy } from "../reference/index-maps.js";
import { sizeOf } from "../reference/shapes.js";
import { TAME_KINDS } from "../program/values.js";
import type { Draw, Operand } from "../program/draw.js";
import type { Operation } from "./operation.js";

/** A table [rows, width] and numbers of its rows; few rows, so that many indices collide. */
function tableAndRows(
  draw: Draw,
  least = 0,
): { table: Operand; indices: Operand; width: number; count: number; rows: number } {
  const width = draw.tape.pick(
    [3, 1, 2, 5, 7, 16, 31, 64, 97, 128, 384, 513].filter((length) => length <= Math.max(3, draw.budget / 4)),
  );
  const count = Math.max(
    1,
    Math.floor(draw.budget / width) - draw.tape.below(Math.max(1, Math.floor(draw.budget / width / 2))),
  );
  const rows = draw.tape.pick([5, 1, 2, 17, 65, 257, 1009].filter((length) => length <= Math.max(5, count)));
  const table = draw.input({ shape: [rows, width], kinds: TAME_KINDS });
  return { table, indices: draw.indices([count], rows, least), width, count, rows };
}

/**
 * The places of whole rows: for every element of [count, width], where row `index` of [rows, width] has it; -1 for rows
 * outside.
 */
function rowMap(indices: Bounded, width: number, rows: number): Int32Array {
  const map = new Int32Array(indices.size * width);
  for (let i = 0; i < indices.size; i++) {
    const row = indices.values[i]!;
    for (let column = 0; column < width; column++)
      map[i * width + column] = row < 0 || row >= rows ? -1 : row * width + column;
  }
  return map;
}

/** Gives an operation of one float tensor and its indices no gradient for the indices. */
function ofIndexed(x: Bounded, indices: Bounded, apply: (x: Bounded) => Bounded): Bounded {
  const { shape, values, errors, pull } = apply(x);
  return new Bounded(shape, values, errors, [x, indices], (gradient) => [pull?.(gradient)[0], undefined]);
}

const gather: Operation = (draw) => {
  const { table, indices, width, count, rows } = tableAndRows(draw);
  const shape = [count, width];
  return {
    name: "gather",
    code: "tf.gather($0, $1)",
    inputs: [table.index, indices.index],
    shape,
    dtype: "float32",
    reference: ([x, rowsOf]) => ofIndexed(x!, rowsOf!, (value) => gatherBy(value, rowMap(rowsOf!, width, rows), shape)),
  };
};

const gatherColumns: Operation = (draw) => {
  const x = draw.input({ rank: [2, 2], kinds: TAME_KINDS, most: draw.budget / 2 });
  const [height = 1, width = 1] = x.shape;
  const count = 1 + draw.tape.below(Math.max(1, Math.min(2 * width, Math.floor(draw.budget / height))));
  const indices = draw.indices([count], width);
  const shape = [height, count];
  const map = (columns: Bounded): Int32Array =>
    Int32Array.from({ length: sizeOf(shape) }, (_, i) => Math.floor(i / count) * width + columns.values[i % count]!);
  return {
    name: "gather axis 1",
    code: "tf.gather($0, $1, 1)",
    inputs: [x.index, indices.index],
    shape,
    dtype: "float32",
    reference: ([value, columns]) => ofIndexed(value!, columns!, (from) => gatherBy(from, map(columns!), shape)),
  };
};

const embedding =
  (hasPadding: boolean): Operation =>
  (draw) => {
    const { table, indices, width, count, rows } = tableAndRows(draw);
    const padding = hasPadding ? draw.tape.below(rows) : -1;
    const shape = [count, width];
    return {
      name: hasPadding ? "F.embedding with padding" : "F.embedding",
      code: `F.embedding($1, $0${hasPadding ? `, { paddingIdx: ${padding} }` : ""})`,
      inputs: [table.index, indices.index],
      shape,
      dtype: "float32",
      reference: ([x, places]) => {
        const map = rowMap(places!, width, rows);
        const learned = Int32Array.from(map, (at) => (Math.floor(at / width) === padding ? -1 : at));
        const forward = gatherBy(x!, map, shape);
        return new Bounded(shape, forward.values, forward.errors, [x!, places!], (gradient) => {
          const { values, errors } = scatterBy(new Bounded(shape, gradient.values, gradient.errors), learned, x!.shape);
          return [{ values, errors }, undefined];
        });
      },
    };
  };

const segmentSum: Operation = (draw) => {
  const { indices, width, count, rows } = tableAndRows(draw);
  const x = draw.input({ shape: [count, width], kinds: TAME_KINDS });
  const shape = [rows, width];
  return {
    name: "unsortedSegmentSum",
    code: `tf.unsortedSegmentSum($0, $1, ${rows})`,
    inputs: [x.index, indices.index],
    shape,
    dtype: "float32",
    reference: ([value, places]) =>
      ofIndexed(value!, places!, (from) => scatterBy(from, rowMap(places!, width, rows), shape)),
  };
};

const scatterND: Operation = (draw) => {
  const { indices, width, count, rows } = tableAndRows(draw);
  const updates = draw.input({ shape: [count, width], kinds: TAME_KINDS });
  const shape = [rows, width];
  return {
    name: "scatterND",
    code: `tf.scatterND(tf.reshape($1, [${count}, 1]), $0, [${rows}, ${width}])`,
    inputs: [updates.index, indices.index],
    shape,
    dtype: "float32",
    reference: ([value, places]) =>
      ofIndexed(value!, places!, (from) => scatterBy(from, rowMap(places!, width, rows), shape)),
  };
};

const gatherND: Operation = (draw) => {
  const x = draw.input({ rank: [1, 1], kinds: TAME_KINDS, most: Math.min(draw.budget, 5000) });
  const count = 1 + draw.tape.below(Math.max(1, draw.budget));
  const indices = draw.indices([count, 1], x.shape[0]!);
  return {
    name: "gatherND",
    code: "tf.gatherND($0, $1)",
    inputs: [x.index, indices.index],
    shape: [count],
    dtype: "float32",
    reference: ([value, places]) =>
      ofIndexed(value!, places!, (from) => gatherBy(from, Int32Array.from(places!.values), [count])),
  };
};

export const SCATTERS: readonly Operation[] = [
  gather,
  embedding(false),
  embedding(true),
  segmentSum,
  scatterND,
  gatherColumns,
  gatherND,
];
