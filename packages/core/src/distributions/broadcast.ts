import { describeValue } from "../errors/describe-value.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { tf } from "../tensor/tf.js";

/** A parameter of a distribution. */
export type Value = tf.Tensor | number;

export function asTensor(value: Value): tf.Tensor {
  if (typeof value === "number") return tf.scalar(value);
  requireTensor(value);
  return value;
}

export function shapeOf(value: Value): readonly number[] {
  if (typeof value === "number") return [];
  requireTensor(value);
  return value.shape;
}

/** @throws MisconfigurationError for what callers without types pass, such as parameters by their names */
export function requireTensor(value: unknown): void {
  if (value instanceof tf.Tensor) return;
  throw new MisconfigurationError({
    code: "LIT_DISTRIBUTION",
    message: "A parameter of a distribution is neither a tensor nor a number.",
    expected: "parameters by their places: new distributions.Normal(0, 1)",
    received: describeValue(value),
  });
}

/** The shape that all broadcast to. */
export function commonShape(shapes: readonly (readonly number[])[]): number[] {
  return shapes.reduce<number[]>((all, shape) => tf.broadcast_util.assertAndGetBroadcastShape(all, [...shape]), []);
}

/** Tensors of one shape. */
export function broadcastAll<TValues extends readonly Value[]>(values: TValues): { [TKey in keyof TValues]: tf.Tensor };
export function broadcastAll(values: readonly Value[]): readonly tf.Tensor[] {
  const shape = commonShape(values.map(shapeOf));
  return values.map((value) => broadcastTo(asTensor(value), shape));
}

export function broadcastTo(value: tf.Tensor, shape: readonly number[]): tf.Tensor {
  return tf.util.arraysEqual(value.shape, [...shape]) ? value : tf.broadcastTo(value, [...shape]);
}

/** The sum over the last `count` dimensions. */
export function sumRightmost(value: tf.Tensor, count: number): tf.Tensor {
  if (count === 0) return value;
  return tf.sum(
    value,
    Array.from({ length: count }, (_, i) => value.rank - count + i),
  );
}
