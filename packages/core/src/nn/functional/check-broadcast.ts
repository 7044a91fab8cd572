import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { tf } from "../../tensor/tf.js";

/**
 * The shape that tensors broadcast to.
 * @throws ShapeError naming the operation and its inputs, where there is none
 */
export function broadcastShapeOf(operation: string, inputs: Readonly<Record<string, tf.Tensor>>): number[] {
  const tensors = Object.values(inputs);
  let shape: number[] = [];
  for (const tensor of tensors) {
    const known = shape;
    const offset = known.length - tensor.rank;
    const fits = tensor.shape.every((length, axis) => {
      const other = known[axis + offset] ?? 1;
      return length === other || length === 1 || other === 1;
    });
    if (!fits)
      throw new ShapeError({
        message: `${operation}: the inputs do not fit each other.`,
        expected: `${Object.keys(inputs).join(" and ")} of the same shape, or with 1 where one is to be repeated`,
        received: tensors.map((one) => formatShape(one.shape)).join(" and "),
        shapes: tensors.map((one) => one.shape),
      });
    shape = tf.broadcast_util.assertAndGetBroadcastShape(known, tensor.shape);
  }
  return shape;
}
