import { Bounded, errorAt, known, type Parts } from "../reference/bounded.js";
import { unary } from "../reference/elementwise.js";
import { FUNCTIONS } from "../reference/functions.js";
import { sumError } from "../reference/index-maps.js";
import { mul } from "../reference/arithmetic.js";
import { extremum, logSoftmax, logSumExp, mean, softmax, sum, variance } from "../reference/reductions.js";
import { reducedShape, sizeOf, stridesOf } from "../reference/shapes.js";
import { TAME_KINDS, type ValueKind } from "../program/values.js";
import type { Operation } from "./operation.js";

type Along = (x: Bounded, axes: readonly number[], keepDims: boolean) => Bounded;

function reduction(
  name: string,
  code: (axes: string, keepDims: boolean) => string,
  apply: Along,
  options: { readonly kinds?: readonly ValueKind[]; readonly cpuDiffers?: string; readonly hasOneAxis?: boolean } = {},
): Operation {
  return (draw) => {
    const x = draw.input({
      rank: [1, 4],
      ...(options.kinds === undefined ? {} : { kinds: options.kinds, isFresh: true }),
    });
    const axes = options.hasOneAxis === true ? [draw.axis(x.shape)] : draw.axes(x.shape);
    const keepDims = draw.tape.below(2) === 1;
    return {
      name,
      code: code(`[${axes.join(", ")}]`, keepDims),
      inputs: [x.index],
      shape: reducedShape(x.shape, axes, keepDims),
      dtype: "float32",
      cpuDiffers: options.cpuDiffers,
      reference: ([value]) => apply(value!, axes, keepDims),
    };
  };
}

/** Of vectors along one axis; two axes would ask for norms of matrices. */
const norm = (order: "euclidean" | 1 | "Infinity"): Operation => {
  const apply: Along = (x, axes, keepDims) => {
    if (order === 1) return sum(unary(x, FUNCTIONS.abs), axes, keepDims);
    if (order === "Infinity") return extremum(unary(x, FUNCTIONS.abs), axes, { sign: 1, keepDims, ties: "even" });
    const root = { ...FUNCTIONS.sqrt, slope: (v: number): number => (v === 0 ? 0 : 0.5 / Math.sqrt(v)) };
    return unary(sum(mul(x, x), axes, keepDims), root);
  };
  const text = order === "euclidean" ? '"euclidean"' : String(order);
  return reduction(`norm ${order}`, (axes, keepDims) => `tf.norm($0, ${text}, ${axes}, ${keepDims})`, apply, {
    kinds: TAME_KINDS,
    hasOneAxis: true,
    cpuDiffers: "tfjs' gradient of a norm of zeros is NaN",
  });
};

/** Along one axis, in the place of the axis itself. */
function alongAxis(
  name: string,
  code: (axis: number) => string,
  apply: (x: Bounded, axis: number) => Bounded,
  lastOnly: boolean,
  kinds: readonly ValueKind[],
): Operation {
  return (draw) => {
    const x = draw.input({ rank: [1, 4], kinds, isFresh: true });
    const axis = lastOnly ? x.shape.length - 1 : draw.axis(x.shape);
    return {
      name,
      code: code(axis),
      inputs: [x.index],
      shape: x.shape,
      dtype: "float32",
      cpuDiffers: "tfjs' cpu backend adds the rounded parts one after the other",
      reference: ([value]) => apply(value!, axis),
    };
  };
}

/** Running sums; each result is a sum of its own length. */
function cumulated(x: Bounded, axis: number): Bounded {
  const run = (parts: Parts, isBackward: boolean): Parts => {
    const result = { values: new Float64Array(x.size), errors: new Float64Array(x.size) };
    const stride = stridesOf(x.shape)[axis]!;
    const length = x.shape[axis]!;
    for (let start = 0; start < x.size; start++) {
      if (Math.floor(start / stride) % length !== 0) continue;
      let [total, magnitude, error] = [0, 0, 0];
      for (let step = 0; step < length; step++) {
        const at = start + (isBackward ? length - 1 - step : step) * stride;
        total += parts.values[at]!;
        magnitude += Math.abs(parts.values[at]!);
        error += errorAt(parts, at);
        result.values[at] = total;
        result.errors[at] = known(error + (Number.isFinite(total) ? magnitude * sumError(step + 1) : 0));
      }
    }
    return result;
  };
  const { values, errors } = run(x, false);
  return new Bounded(x.shape, values, errors, [x], (gradient) => [run(gradient, true)]);
}

const TIES = "equal values share the gradient evenly, as PyTorch's amax and amin do";
const SOFTMAX_KINDS: readonly ValueKind[] = [...TAME_KINDS, "finiteSpecial", "mask"];

export const REDUCTIONS: readonly Operation[] = [
  reduction("sum", (axes, keepDims) => `tf.sum($0, ${axes}, ${keepDims})`, sum),
  reduction("mean", (axes, keepDims) => `tf.mean($0, ${axes}, ${keepDims})`, mean),
  reduction(
    "max",
    (axes, keepDims) => `tf.max($0, ${axes}, ${keepDims})`,
    (x, axes, keepDims) => extremum(x, axes, { sign: 1, keepDims, ties: "even" }),
    { cpuDiffers: TIES },
  ),
  reduction(
    "min",
    (axes, keepDims) => `tf.min($0, ${axes}, ${keepDims})`,
    (x, axes, keepDims) => extremum(x, axes, { sign: -1, keepDims, ties: "even" }),
    { cpuDiffers: TIES },
  ),
  reduction("logSumExp", (axes, keepDims) => `tf.logSumExp($0, ${axes}, ${keepDims})`, logSumExp, {
    kinds: [...TAME_KINDS, "finiteSpecial"],
    cpuDiffers: "tfjs' cpu backend adds the rounded parts one after the other",
  }),
  reduction("moments().variance", (axes, keepDims) => `tf.moments($0, ${axes}, ${keepDims}).variance`, variance, {
    kinds: TAME_KINDS,
    cpuDiffers: "tfjs' cpu backend adds the rounded parts one after the other",
  }),
  norm("euclidean"),
  norm(1),
  norm("Infinity"),
  alongAxis("cumsum", (axis) => `tf.cumsum($0, ${axis})`, cumulated, false, TAME_KINDS),
  alongAxis("softmax", () => "tf.softmax($0)", softmax, true, SOFTMAX_KINDS),
  alongAxis("logSoftmax", () => "tf.logSoftmax($0)", logSoftmax, true, SOFTMAX_KINDS),
  alongAxis("F.softmax", (axis) => `F.softmax($0, ${axis})`, softmax, false, SOFTMAX_KINDS),
  alongAxis("F.logSoftmax", (axis) => `F.logSoftmax($0, ${axis})`, logSoftmax, false, SOFTMAX_KINDS),
  (draw) => {
    const x = draw.input({ rank: [1, 3], kinds: ["normal", "tenths"], isFresh: true });
    return {
      name: "mean of everything",
      code: "tf.mean($0)",
      inputs: [x.index],
      shape: [],
      dtype: "float32",
      reference: ([value]) =>
        mean(
          value!,
          x.shape.map((_, axis) => axis),
        ),
    };
  },
  (draw) => {
    const x = draw.input({ rank: [1, 3] });
    const row = draw.input({ shape: x.shape.slice(-1), kinds: ["normal"], isFresh: true });
    const size = sizeOf(x.shape);
    return {
      name: "scaled sum",
      code: "tf.sum(tf.mul($0, $1))",
      inputs: [x.index, row.index],
      shape: [],
      dtype: "float32",
      cpuDiffers: `tfjs' cpu backend adds ${size} rounded products one after the other`,
      reference: ([value, by]) =>
        sum(
          mul(value!, by!),
          x.shape.map((_, axis) => axis),
        ),
    };
  },
];
