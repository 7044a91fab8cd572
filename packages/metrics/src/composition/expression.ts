import { type Metric, MisconfigurationError, tf } from "@lightning-ts/core";
import { binaryOperations, unaryOperations, type BinaryOperation, type UnaryOperation } from "./operations.js";

/** A tensor that was given, on the host: it may be disposed by whoever gave it. */
interface Constant {
  readonly values: tf.TypedArray;
  readonly shape: readonly number[];
  readonly dtype: tf.DataType;
}

/** What a composition computes. */
export type Expression =
  | { readonly kind: "metric"; readonly metric: Metric }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "tensor"; readonly constant: Constant }
  | { readonly kind: "part"; readonly index: number; readonly of: Expression }
  | { readonly kind: "unary"; readonly operation: UnaryOperation; readonly of: Expression }
  | { readonly kind: "binary"; readonly operation: BinaryOperation; readonly a: Expression; readonly b: Expression };

export function constantOf(tensor: tf.Tensor): Expression {
  const values = tensor.dataSync().slice();
  return { kind: "tensor", constant: { values, shape: [...tensor.shape], dtype: tensor.dtype } };
}

/** The metrics of an expression, each once. */
export function metricsIn(expression: Expression): Set<Metric> {
  switch (expression.kind) {
    case "metric":
      return new Set([expression.metric]);
    case "number":
    case "tensor":
      return new Set();
    case "part":
    case "unary":
      return metricsIn(expression.of);
    case "binary":
      return new Set([...metricsIn(expression.a), ...metricsIn(expression.b)]);
    default:
      return expression satisfies never;
  }
}

/** The same with other metrics. */
export function withMetrics(expression: Expression, replaced: (metric: Metric) => Metric): Expression {
  switch (expression.kind) {
    case "metric":
      return { ...expression, metric: replaced(expression.metric) };
    case "number":
    case "tensor":
      return expression;
    case "part":
    case "unary":
      return { ...expression, of: withMetrics(expression.of, replaced) };
    case "binary":
      return { ...expression, a: withMetrics(expression.a, replaced), b: withMetrics(expression.b, replaced) };
    default:
      return expression satisfies never;
  }
}

/** @param valueOf a metric's value */
export function evaluate(expression: Expression, valueOf: (metric: Metric) => tf.Tensor): tf.Tensor {
  switch (expression.kind) {
    case "metric":
      return valueOf(expression.metric);
    case "number":
      return tf.scalar(expression.value);
    case "tensor": {
      const { values, shape, dtype } = expression.constant;
      return tf.tensor(values, [...shape], dtype);
    }
    case "part":
      return partOf(evaluate(expression.of, valueOf), expression.index);
    case "unary":
      return unaryOperations[expression.operation](evaluate(expression.of, valueOf));
    case "binary": {
      const [a, b] = [evaluate(expression.a, valueOf), evaluate(expression.b, valueOf)];
      return binaryOperations[expression.operation](likeOther(a, expression.a, b), likeOther(b, expression.b, a));
    }
    default:
      return expression satisfies never;
  }
}

/** A whole number beside whole numbers is one too, so that their sum is. */
function likeOther(value: tf.Tensor, expression: Expression, other: tf.Tensor): tf.Tensor {
  const isWhole = expression.kind === "number" && Number.isInteger(expression.value);
  return isWhole && other.dtype === "int32" ? tf.cast(value, "int32") : value;
}

function partOf(value: tf.Tensor, index: number): tf.Tensor {
  const length = value.shape[0] ?? 0;
  const place = index < 0 ? index + length : index;
  if (value.rank > 0 && Number.isInteger(index) && place >= 0 && place < length)
    return tf.squeeze(tf.slice(value, [place], [1]), [0]);
  throw new MisconfigurationError({
    message: "The value of this metric has no such part.",
    expected: value.rank === 0 ? "a value of several numbers" : `a whole number from ${-length} to ${length - 1}`,
    received: String(index),
  });
}
