import { refuseMore } from "../../errors/refuse-more.js";
import type { Tensor } from "@tensorflow/tfjs-core";
import { tf } from "../../tensor/tf.js";
import { checkNumber } from "../check-number.js";

/** The new average of one tensor. @param numAveraged how many models the average has in it */
export type AvgFn = (averaged: Tensor, current: Tensor, numAveraged: number) => Tensor;

/** The new averages of all tensors. */
export type MultiAvgFn = (averaged: readonly Tensor[], current: readonly Tensor[], numAveraged: number) => Tensor[];

/** The exponential moving average: `decay · average + (1 - decay) · value`. @param decay 0 … 1 */
export function getEmaAvgFn(decay = 0.999, ...more: readonly never[]): AvgFn {
  refuseMore("getEmaAvgFn", more);
  checkNumber("getEmaAvgFn", "decay", decay, 0, 1 + Number.EPSILON);
  return (averaged, current) => tf.add(tf.mul(averaged, decay), tf.mul(current, 1 - decay));
}

/** `getEmaAvgFn` for lists. @param decay 0 … 1 */
export function getEmaMultiAvgFn(decay = 0.999, ...more: readonly never[]): MultiAvgFn {
  refuseMore("getEmaMultiAvgFn", more);
  checkNumber("getEmaMultiAvgFn", "decay", decay, 0, 1 + Number.EPSILON);
  return forLists((averaged, current) => tf.add(averaged, tf.mul(tf.sub(current, averaged), 1 - decay)));
}

/** The mean of all models, each counting the same. */
export function getSwaAvgFn(...more: readonly never[]): AvgFn {
  refuseMore("getSwaAvgFn", more);
  return (averaged, current, numAveraged) => tf.add(averaged, tf.mul(tf.sub(current, averaged), 1 / (numAveraged + 1)));
}

/** `getSwaAvgFn` for lists. */
export function getSwaMultiAvgFn(...more: readonly never[]): MultiAvgFn {
  refuseMore("getSwaMultiAvgFn", more);
  return forLists(getSwaAvgFn());
}

export function forLists(average: AvgFn): MultiAvgFn {
  return (averaged, current, numAveraged) =>
    averaged.map((tensor, i) => average(tensor, current[i] ?? tensor, numAveraged));
}
