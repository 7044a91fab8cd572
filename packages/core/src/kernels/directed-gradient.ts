import type { Tensor } from "@tensorflow/tfjs-core";
import { tf } from "../tensor/tf.js";
import type { ListMember } from "./list-update.js";

interface Direction {
  readonly maximize: boolean;
  readonly weightDecay: number;
}

/** The gradient as most updates begin with it: turned round to go up, with the L2 penalty of the parameter. */
export function directedGradient(of: ListMember, { maximize, weightDecay }: Direction): Tensor {
  const directed = maximize ? tf.neg(of("g")) : of("g");
  return weightDecay === 0 ? directed : tf.add(directed, tf.mul(of("p"), weightDecay));
}

interface Decay extends Direction {
  readonly lr: number;
  readonly decoupledWeightDecay: boolean;
}

/** Parameter and gradient after weight decay, which is part of one of them. */
export function decayed(of: ListMember, attrs: Decay): { readonly parameter: Tensor; readonly gradient: Tensor } {
  const { lr, weightDecay, decoupledWeightDecay } = attrs;
  if (!decoupledWeightDecay || weightDecay === 0) return { parameter: of("p"), gradient: directedGradient(of, attrs) };
  return {
    parameter: tf.mul(of("p"), 1 - lr * weightDecay),
    gradient: directedGradient(of, { ...attrs, weightDecay: 0 }),
  };
}

/** A running mean after one more value. */
export function runningMean(mean: Tensor, value: Tensor, kept: number): Tensor {
  return tf.add(tf.mul(mean, kept), tf.mul(value, 1 - kept));
}

/** A running mean of squares, in PyTorch's order: the square alone would overflow at gradients of 2e19. */
export function runningSquare(square: Tensor, value: Tensor, kept: number): Tensor {
  return tf.add(tf.mul(square, kept), tf.mul(tf.mul(value, 1 - kept), value));
}
