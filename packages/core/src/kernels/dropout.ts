import type { Tensor } from "@tensorflow/tfjs-core";
import { tf } from "../tensor/tf.js";
import type { FusedKernel } from "./fused-kernel.js";
import { runFusedSingle } from "./run-fused.js";

export const dropout: FusedKernel<"lit.Dropout"> = {
  name: "lit.Dropout",
  composite: ({ x, seed }, { p }) => {
    const factor = Math.fround(1 / (1 - p));
    const threshold = p * 2 ** 24;
    const mask = Float32Array.from({ length: x.size });
    const draw = bitsOf(seed);
    for (let i = 0; i < mask.length; i += 1) mask[i] = draw(i) >= threshold ? factor : 0;
    return [tf.mul(x, tf.tensor(mask, x.shape))];
  },
  gradient: {
    holds: ["seed"],
    isDifferentiable: true,
    compute: ({ dy, inputs: { seed }, attrs }) => ({ x: () => runFusedSingle(dropout, { x: dy, seed }, attrs) }),
  },
};

export const randomUniform: FusedKernel<"lit.RandomUniform"> = {
  name: "lit.RandomUniform",
  composite: ({ seed }, { shape }) => {
    const values = new Float32Array(shape.reduce((size, length) => size * length, 1));
    const draw = bitsOf(seed);
    for (let i = 0; i < values.length; i += 1) values[i] = draw(i) / 2 ** 24;
    return [tf.tensor(values, [...shape])];
  },
};

/** Gives 24 random bits for each index, by the generator that the contract describes. */
function bitsOf(seed: Tensor): (index: number) => number {
  const [seed0 = 0, seed1 = 0] = seed.dataSync();
  const stride = seed1 | 1;
  return (index) => {
    let h = (Math.imul(index, stride) + seed0) | 0;
    h = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
    h = Math.imul(h ^ (h >>> 15), 0x735a2d97);
    return (h ^ (h >>> 15)) >>> 8;
  };
}
