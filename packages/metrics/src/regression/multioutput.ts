import { tf } from "@lightning-ts/core";
import { requireOneOf } from "../base/check-options.js";
import { squeezed } from "./columns.js";

/** How the values of several columns become one; "raw_values" keeps them. */
export type Multioutput = "raw_values" | "uniform_average" | "variance_weighted";

const MULTIOUTPUTS: readonly Multioutput[] = ["raw_values", "uniform_average", "variance_weighted"];

export function requireMultioutput(owner: string, multioutput: Multioutput): void {
  requireOneOf(owner, "multioutput", multioutput, MULTIOUTPUTS);
}

/** @param variances by which "variance_weighted" weights the scores; both are [columns] */
export function averaged(scores: tf.Tensor, variances: tf.Tensor, multioutput: Multioutput): tf.Tensor {
  switch (multioutput) {
    case "raw_values":
      return squeezed(scores);
    case "uniform_average":
      return tf.mean(scores);
    case "variance_weighted":
      return tf.sum(tf.mul(tf.div(variances, tf.sum(variances)), scores));
    default:
      return multioutput satisfies never;
  }
}
