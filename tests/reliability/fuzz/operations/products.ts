import { add } from "../reference/arithmetic.js";
import { unary } from "../reference/elementwise.js";
import { FUNCTIONS } from "../reference/functions.js";
import { matMul } from "../reference/matrices.js";
import type { Draw } from "../program/draw.js";
import type { ValueKind } from "../program/values.js";
import type { Operation } from "./operation.js";

const KINDS: readonly ValueKind[] = ["normal", "ones", "tenths", "whole", "positive", "zeros"];
/** More products than this take the reference too long. */
const MOST_PRODUCTS = 8e6;
const CPU = "tfjs' cpu backend adds products in another order";

/** Lengths of a product [rows, inner] · [inner, columns] of which one may be long. */
function lengths(draw: Draw): [rows: number, inner: number, columns: number] {
  const side = Math.min(257, Math.max(2, Math.floor(Math.cbrt(Math.min(MOST_PRODUCTS, draw.budget * 8)))));
  const short = (most: number): number => 1 + draw.tape.below(Math.max(1, most));
  const long = draw.tape.below(4);
  if (long === 0) return [short(side), short(side), short(side)];
  const [a, b] = [short(7), short(7)];
  const length = Math.max(1, Math.floor(Math.min(MOST_PRODUCTS / (a * b), draw.budget / Math.max(a, b))));
  return long === 1 ? [a, length, b] : long === 2 ? [length, a, b] : [a, b, length];
}

const product: Operation = (draw) => {
  const [rows, inner, columns] = lengths(draw);
  const batch = draw.tape.pick([[], [1], [2]]);
  const isSmall = rows * inner * columns < MOST_PRODUCTS / 2;
  const [transposeA, transposeB] = [draw.tape.below(2) === 1, draw.tape.below(2) === 1];
  const leading = isSmall ? batch : [];
  const a = draw.input({
    shape: [...leading, ...(transposeA ? [inner, rows] : [rows, inner])],
    kinds: KINDS,
    isFresh: true,
  });
  const b = draw.input({
    shape: [...leading, ...(transposeB ? [columns, inner] : [inner, columns])],
    kinds: KINDS,
    isFresh: true,
  });
  return {
    name: "matMul",
    code: `tf.matMul($0, $1, ${transposeA}, ${transposeB})`,
    inputs: [a.index, b.index],
    shape: [...leading, rows, columns],
    dtype: "float32",
    dependsOnThreads: true,
    cpuDiffers: CPU,
    reference: ([x, y]) => matMul(x!, y!, { transposeA, transposeB }),
  };
};

const linear: Operation = (draw) => {
  const [rows, inner, columns] = lengths(draw);
  const activation = draw.tape.pick(["none", "relu"] as const);
  const x = draw.input({ shape: [rows, inner], kinds: KINDS, isFresh: true });
  const weight = draw.input({ shape: [columns, inner], kinds: KINDS, isFresh: true });
  const bias = draw.input({ shape: [columns], kinds: KINDS });
  return {
    name: "F.linear",
    code: `F.linear($0, $1, $2, { activation: "${activation}" })`,
    inputs: [x.index, weight.index, bias.index],
    shape: [rows, columns],
    dtype: "float32",
    dependsOnThreads: true,
    cpuDiffers: CPU,
    reference: ([a, w, b]) => {
      const y = add(matMul(a!, w!, { transposeB: true }), b!);
      return activation === "relu" ? unary(y, FUNCTIONS.relu) : y;
    },
  };
};

export const PRODUCTS: readonly Operation[] = [product, linear];
