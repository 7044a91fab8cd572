import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { tf } from "../../tensor/tf.js";
import { checkFloats } from "./check-dtype.js";
import { mixAlongAxis } from "./mix-along-axis.js";
import { withBatch } from "./with-batch.js";
import { wrongRank } from "./wrong-rank.js";

/** One length for every dimension, or one each; null keeps the input's. */
export type AdaptiveSize = number | null | readonly (number | null)[];

/** Averages so that the result has this size. x [N, C, L] or [C, L]. @throws ShapeError */
export function adaptiveAvgPool1d(x: tf.Tensor, outputSize: AdaptiveSize): tf.Tensor {
  return adaptive("adaptiveAvgPool1d", x, outputSize, 1, averageAxis);
}

/** Averages so that the result has this size. x [N, C, H, W] or [C, H, W]. @throws ShapeError */
export function adaptiveAvgPool2d(x: tf.Tensor, outputSize: AdaptiveSize): tf.Tensor {
  return adaptive("adaptiveAvgPool2d", x, outputSize, 2, averageAxis);
}

/** Averages so that the result has this size. x [N, C, D, H, W] or [C, D, H, W]. @throws ShapeError */
export function adaptiveAvgPool3d(x: tf.Tensor, outputSize: AdaptiveSize): tf.Tensor {
  return adaptive("adaptiveAvgPool3d", x, outputSize, 3, averageAxis);
}

/** Takes largest values so that the result has this size. x [N, C, L] or [C, L]. @throws ShapeError */
export function adaptiveMaxPool1d(x: tf.Tensor, outputSize: AdaptiveSize): tf.Tensor {
  return adaptive("adaptiveMaxPool1d", x, outputSize, 1, largestAlongAxis);
}

/** The same of images: x [N, C, H, W] or [C, H, W]. @throws ShapeError */
export function adaptiveMaxPool2d(x: tf.Tensor, outputSize: AdaptiveSize): tf.Tensor {
  return adaptive("adaptiveMaxPool2d", x, outputSize, 2, largestAlongAxis);
}

/** The same of volumes: x [N, C, D, H, W] or [C, D, H, W]. @throws ShapeError */
export function adaptiveMaxPool3d(x: tf.Tensor, outputSize: AdaptiveSize): tf.Tensor {
  return adaptive("adaptiveMaxPool3d", x, outputSize, 3, largestAlongAxis);
}

type PoolAxis = (x: tf.Tensor, axis: number, length: number) => tf.Tensor;

/** Windows of several dimensions are those of one dimension after the other. */
function adaptive(
  operation: string,
  x: tf.Tensor,
  outputSize: AdaptiveSize,
  dimensions: number,
  poolAxis: PoolAxis,
): tf.Tensor {
  checkFloats(operation, { input: x });
  return withBatch(x, dimensions + 2, (batch) => {
    if (batch.rank !== dimensions + 2) throw wrongRank(operation, x, dimensions);
    return lengthsOf(outputSize, batch.shape.slice(2)).reduce((pooled, length, i) => {
      const axis = batch.rank - 1 - i;
      return length === pooled.shape[axis] ? pooled : poolAxis(pooled, axis, length);
    }, batch);
  });
}

/** The last dimension first: it is the quickest one, and makes the others smaller. */
function lengthsOf(outputSize: AdaptiveSize, input: readonly number[]): number[] {
  const wanted = Array.isArray(outputSize) ? outputSize : input.map(() => outputSize);
  const lengths = input.map((length, i) => (wanted[i] === null ? length : Number(wanted[i])));
  if (wanted.length === input.length && lengths.every((length) => Number.isInteger(length) && length > 0))
    return lengths.toReversed();
  throw new MisconfigurationError({
    message: "The output size of an adaptive pool does not fit.",
    expected: `an integer of at least 1 or null, or ${input.length} of them`,
    received: JSON.stringify(outputSize),
  });
}

/** PyTorch's windows: floor(i · input / output) … ceil((i + 1) · input / output). */
function windows(input: number, output: number): { readonly start: number; readonly end: number }[] {
  return Array.from({ length: output }, (_, i) => ({
    start: Math.floor((i * input) / output),
    end: Math.ceil(((i + 1) * input) / output),
  }));
}

function averageAxis(x: tf.Tensor, axis: number, length: number): tf.Tensor {
  const input = x.shape[axis] ?? 0;
  if (length === 1) return tf.mean(x, axis, true);
  if (input % length === 0)
    return tf.mean(
      tf.reshape(x, [...x.shape.slice(0, axis), length, input / length, ...x.shape.slice(axis + 1)]),
      axis + 1,
    );
  const shares = new Float32Array(input * length);
  windows(input, length).forEach(({ start, end }, i) => {
    for (let k = start; k < end; k += 1) shares[k * length + i] = 1 / (end - start);
  });
  return mixAlongAxis(x, axis, shares, length);
}

function largestAlongAxis(x: tf.Tensor, axis: number, length: number): tf.Tensor {
  const input = x.shape[axis] ?? 0;
  if (length === 1) return tf.max(x, axis, true);
  const parts = windows(input, length).map(({ start, end }) => {
    const begin = x.shape.map((_, i) => (i === axis ? start : 0));
    const size = x.shape.map((own, i) => (i === axis ? end - start : own));
    return tf.max(tf.slice(x, begin, size), axis, true);
  });
  return tf.concat(parts, axis);
}
