import { tf } from "@lightning-ts/core";

/** The slices of a tensor along one dimension, by their index. */
export function partsOf(x: tf.Tensor, axis = 0): (index: number) => tf.Tensor {
  const parts = tf.unstack(x, axis);
  return (index) => {
    const part = parts[index];
    if (part === undefined) throw new RangeError(`There is no part ${index} of ${parts.length}.`);
    return part;
  };
}
