import { refuseMore } from "../../../errors/refuse-more.js";
import { MisconfigurationError } from "../../../errors/misconfiguration-error.js";
import { rejectUnknownOptions } from "../../../errors/reject-unknown-options.js";
import { tf } from "../../../tensor/tf.js";
import { countedSteps, swapBatchAndTime } from "./pack-sequences.js";
import { hostLengths, type PackedSequence, type SequenceLengths } from "./packed-sequence.js";

export interface PadPackedOptions {
  /** Whether the result is [B, T, ...] instead of [T, B, ...]. @default false */
  readonly batchFirst?: boolean | undefined;
  /** @default 0 */
  readonly paddingValue?: number | undefined;
  /**
   * T of the result. With one number for all batches shapes do not change from batch to batch, and the engine compiles
   * one graph. @default the longest sequence of this batch
   */
  readonly totalLength?: number | undefined;
}

/**
 * A packed batch with its padding, and the lengths of its sequences, int32 [B].
 * @throws MisconfigurationError when a sequence is longer than `totalLength`
 */
export function padPackedSequence(
  sequence: PackedSequence,
  options: PadPackedOptions = {},
  ...more: readonly never[]
): [padded: tf.Tensor, lengths: tf.Tensor1D] {
  rejectUnknownOptions("padPackedSequence", options, ["batchFirst", "paddingValue", "totalLength"]);
  refuseMore("padPackedSequence", more);
  const { lengths } = sequence;
  const longest = Math.max(0, ...lengths);
  const steps = options.totalLength ?? longest;
  if (!Number.isInteger(steps) || steps < longest)
    throw new MisconfigurationError({
      message: "padPackedSequence: the total length is too short.",
      expected: `an integer of at least ${longest}, the longest sequence`,
      received: String(steps),
    });
  const resized = withSteps(sequence.padded, steps);
  const counted = countedSteps(lengths, resized.shape);
  const padded =
    counted === undefined
      ? resized
      : tf.where(counted, resized, tf.fill(resized.shape, options.paddingValue ?? 0, numeric(resized.dtype)));
  return [options.batchFirst === true ? swapBatchAndTime(padded) : padded, tf.tensor1d(lengths, "int32")];
}

/** The sequences of a packed batch, [L, ...] each. */
export function unpackSequence(sequence: PackedSequence): tf.Tensor[] {
  return unpadSequence(sequence.padded, sequence.lengths);
}

/** The sequences of a padded batch, [L, ...] each. @param options.batchFirst [B, T, ...] instead of [T, B, ...] */
export function unpadSequence(
  padded: tf.Tensor,
  lengths: SequenceLengths,
  options: { readonly batchFirst?: boolean | undefined } = {},
  ...more: readonly never[]
): tf.Tensor[] {
  rejectUnknownOptions("unpadSequence", options, ["batchFirst"]);
  refuseMore("unpadSequence", more);
  const inTime = options.batchFirst === true ? swapBatchAndTime(padded) : padded;
  const [steps = 0, batch = 0] = inTime.shape;
  const counts = hostLengths(lengths, batch, steps);
  return tf.unstack(inTime, 1).map((sequence, b) => tf.slice(sequence, 0, counts[b]));
}

function withSteps(padded: tf.Tensor, steps: number): tf.Tensor {
  const [now = 0] = padded.shape;
  if (steps === now) return padded;
  if (steps < now) return tf.slice(padded, 0, steps);
  return tf.pad(
    padded,
    padded.shape.map((_, axis) => [0, axis === 0 ? steps - now : 0] satisfies [number, number]),
  );
}

function numeric(dtype: tf.DataType): "float32" | "int32" | "bool" {
  return dtype === "int32" || dtype === "bool" ? dtype : "float32";
}
