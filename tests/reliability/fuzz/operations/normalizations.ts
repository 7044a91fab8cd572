import { add, mul, reshape, scale } from "../reference/arithmetic.js";
import { matMul } from "../reference/matrices.js";
import type { Bounded } from "../reference/bounded.js";
import { normalized, softmax } from "../reference/reductions.js";
import { sizeOf } from "../reference/shapes.js";
import type { ValueKind } from "../program/values.js";
import type { Operation } from "./operation.js";

const KINDS: readonly ValueKind[] = ["normal", "positive", "offset", "whole", "ones"];
const CPU = "tfjs' cpu backend adds the rounded parts one after the other";

const layerNorm: Operation = (draw) => {
  const x = draw.input({ rank: [1, 4], kinds: KINDS, isFresh: true });
  const dims = 1 + draw.tape.below(x.shape.length);
  const shape = x.shape.slice(-dims);
  const [weight, bias] = [draw.input({ shape, kinds: ["normal"] }), draw.input({ shape, kinds: ["normal"] })];
  const axes = x.shape.map((_, axis) => axis).slice(-dims);
  return {
    name: "F.layerNorm",
    code: `F.layerNorm($0, [${shape.join(", ")}], { weight: $1, bias: $2 })`,
    inputs: [x.index, weight.index, bias.index],
    shape: x.shape,
    dtype: "float32",
    cpuDiffers: CPU,
    reference: ([value, w, b]) => add(mul(normalized(value!, axes, 1e-5), w!), b!),
  };
};

const perChannel = (value: Bounded, rank: number): Bounded =>
  reshape(value, [value.size, ...Array.from({ length: rank - 2 }, () => 1)]);

const batchNorm: Operation = (draw) => {
  const x = draw.input({ rank: [2, 4], kinds: KINDS, isFresh: true });
  const channels = x.shape[1]!;
  const [weight, bias] = [
    draw.input({ shape: [channels], kinds: ["normal"] }),
    draw.input({ shape: [channels], kinds: ["normal"] }),
  ];
  if (sizeOf(x.shape) === channels) return layerNormOf(x.index, x.shape);
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  return {
    name: "F.batchNorm",
    code: "F.batchNorm($0, { weight: $1, bias: $2, training: true })",
    inputs: [x.index, weight.index, bias.index],
    shape: x.shape,
    dtype: "float32",
    cpuDiffers: CPU,
    reference: ([value, w, b]) =>
      add(mul(normalized(value!, axes, 1e-5), perChannel(w!, x.shape.length)), perChannel(b!, x.shape.length)),
  };
};

/** One value per channel has no variance: normalized over its last axis instead. */
function layerNormOf(index: number, shape: readonly number[]): ReturnType<Operation> {
  return {
    name: "F.layerNorm",
    code: `F.layerNorm($0, [${shape.at(-1)}])`,
    inputs: [index],
    shape,
    dtype: "float32",
    cpuDiffers: CPU,
    reference: ([value]) => normalized(value!, [shape.length - 1], 1e-5),
  };
}

const groupNorm: Operation = (draw) => {
  const groups = 1 + draw.tape.below(3);
  const per = 1 + draw.tape.below(3);
  const rest = draw.shape([2, 3], Math.max(4, draw.budget / (groups * per)));
  const shape = [rest[0]!, groups * per, ...rest.slice(1)];
  const x = draw.input({ shape, kinds: KINDS, isFresh: true });
  const inner = sizeOf(shape) / (shape[0]! * groups);
  return {
    name: "F.groupNorm",
    code: `F.groupNorm($0, ${groups})`,
    inputs: [x.index],
    shape,
    dtype: "float32",
    cpuDiffers: CPU,
    reference: ([value]) => reshape(normalized(reshape(value!, [shape[0]!, groups, inner]), [2], 1e-5), shape),
  };
};

/** q [B, T, D], k [B, S, D], v [B, S, E] -> [B, T, E]; scores of each key, a softmax over them, their mixture. */
const attention: Operation = (draw) => {
  const side = Math.max(1, Math.min(97, Math.floor(Math.sqrt(draw.budget / 8))));
  const [batch, queries, keys, width, out] = [
    1 + draw.tape.below(3),
    1 + draw.tape.below(side),
    1 + draw.tape.below(side),
    1 + draw.tape.below(16),
    1 + draw.tape.below(16),
  ];
  const kinds: readonly ValueKind[] = ["normal", "ones", "whole", "zeros"];
  const q = draw.input({ shape: [batch, queries, width], kinds, isFresh: true });
  const k = draw.input({ shape: [batch, keys, width], kinds, isFresh: true });
  const v = draw.input({ shape: [batch, keys, out], kinds, isFresh: true });
  const hasMask = draw.tape.below(3) === 2;
  const mask = hasMask ? draw.leaf([queries, keys], "float32", "i % 3 === 1 ? -Infinity : 0") : undefined;
  const isMasked = hasMask && keys > 2;
  const scaling = 1 / Math.sqrt(width);
  return {
    name: isMasked ? "F.scaledDotProductAttention mask" : "F.scaledDotProductAttention",
    code: `F.scaledDotProductAttention($0, $1, $2${isMasked ? ", { attnMask: $3 }" : ""})`,
    inputs: [q.index, k.index, v.index, ...(isMasked && mask !== undefined ? [mask.index] : [])],
    shape: [batch, queries, out],
    dtype: "float32",
    dependsOnThreads: true,
    cpuDiffers: CPU,
    reference: ([a, b, c, m]) => {
      const scores = scale(matMul(a!, b!, { transposeB: true }), scaling);
      return matMul(softmax(m === undefined ? scores : add(scores, m), 2), c!, {});
    },
  };
};

export const NORMALIZATIONS: readonly Operation[] = [layerNorm, batchNorm, groupNorm, attention];
