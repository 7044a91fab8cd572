import { refuseMore } from "../../../errors/refuse-more.js";
import { MisconfigurationError } from "../../../errors/misconfiguration-error.js";
import { rejectUnknownOptions } from "../../../errors/reject-unknown-options.js";
import { formatShape, ShapeError } from "../../../errors/shape-error.js";
import { tf } from "../../../tensor/tf.js";
import { PackedSequence, hostLengths, type SequenceLengths } from "./packed-sequence.js";
import { padSequence } from "./pad-sequences.js";

export interface PackOptions {
  /** Whether the sequences must come from the longest to the shortest. @default true */
  readonly enforceSorted?: boolean | undefined;
}

export interface PackPaddedOptions extends PackOptions {
  /** Whether the input is [B, T, ...] instead of [T, B, ...]. @default false */
  readonly batchFirst?: boolean | undefined;
}

/**
 * Says of a padded batch how long its sequences are. Recurrent layers then leave out the padding, whatever it holds.
 * @param input [T, B, ...], or [B, T, ...] with `batchFirst`
 * @throws MisconfigurationError for lengths that do not fit, or are not sorted; ShapeError
 */
export function packPaddedSequence(
  input: tf.Tensor,
  lengths: SequenceLengths,
  options: PackPaddedOptions = {},
  ...more: readonly never[]
): PackedSequence {
  rejectUnknownOptions("packPaddedSequence", options, ["batchFirst", "enforceSorted"]);
  refuseMore("packPaddedSequence", more);
  if (input.rank < 2)
    throw new ShapeError({
      message: "packPaddedSequence: the input is no batch of sequences.",
      expected: "[T, B, ...], or [B, T, ...] with batchFirst",
      received: formatShape(input.shape),
      shapes: [input.shape],
    });
  const padded = options.batchFirst === true ? swapBatchAndTime(input) : input;
  const [steps = 0, batch = 0] = padded.shape;
  const counts = hostLengths(lengths, batch, steps);
  const isSorted = options.enforceSorted ?? true;
  if (isSorted && counts.some((count, i) => i > 0 && count > (counts[i - 1] ?? 0)))
    throw new MisconfigurationError({
      message: "packPaddedSequence: the sequences do not come from the longest to the shortest.",
      received: `lengths [${counts.join(", ")}]`,
      tryThis: "{ enforceSorted: false }, which takes them in any order.",
    });
  return new PackedSequence(withoutPadding(padded, counts), counts, isSorted);
}

/** Pads sequences [L, ...] of several lengths and packs them. */
export function packSequence(
  sequences: readonly tf.Tensor[],
  options: PackOptions = {},
  ...more: readonly never[]
): PackedSequence {
  rejectUnknownOptions("packSequence", options, ["enforceSorted"]);
  refuseMore("packSequence", more);
  return packPaddedSequence(
    padSequence(sequences),
    sequences.map(({ shape }) => shape[0] ?? 0),
    options,
  );
}

/** [T, B, ...] of [B, T, ...], or the other way round. */
export function swapBatchAndTime(tensor: tf.Tensor): tf.Tensor {
  return tf.transpose(tensor, [1, 0, ...tensor.shape.slice(2).map((_, i) => i + 2)]);
}

/** bool [T, B, 1, ...]: which steps count; undefined where all do. */
export function countedSteps(lengths: Int32Array, shape: readonly number[]): tf.Tensor | undefined {
  const [steps = 0, batch = 0, ...rest] = shape;
  if (lengths.every((length) => length === steps)) return undefined;
  const ends = tf.reshape(tf.tensor1d(lengths, "int32"), [1, batch, ...rest.map(() => 1)]);
  return tf.greater(ends, tf.reshape(tf.range(0, steps, 1, "int32"), [steps, 1, ...rest.map(() => 1)]));
}

/** Padding may hold anything, NaN too; zeros leave no trace in sums. */
function withoutPadding(padded: tf.Tensor, lengths: Int32Array): tf.Tensor {
  const counted = countedSteps(lengths, padded.shape);
  return counted === undefined ? padded : tf.where(counted, padded, tf.zerosLike(padded));
}
