import { tf } from "@lightning-ts/core";
import { asTensor } from "../base/as-tensor.js";

/** Values of several metrics as one tensor with a first dimension for them. @throws where one is no tensor or number */
export function stackedValues(owner: string, values: readonly unknown[]): tf.Tensor {
  return tf.stack(values.map((value) => asTensor(owner, value)));
}
