import { refuseMore } from "../../../errors/refuse-more.js";
import { MisconfigurationError } from "../../../errors/misconfiguration-error.js";
import { tf } from "../../../tensor/tf.js";

/** Numbers of steps, one for each sequence of a batch: on the host, or int32 [B], which is read. */
export type SequenceLengths = readonly number[] | Int32Array | tf.Tensor;

/**
 * A batch of sequences of several lengths, as recurrent layers take it and give it back; made by `packPaddedSequence`.
 *
 * Where PyTorch cuts the padding away, this keeps it (`padded`) and says how many steps count (`lengths`): shapes then
 * do not change with the lengths, so that the engine compiles one graph for all batches that were padded to one length.
 * `data`, `batchSizes`, `sortedIndices` and `unsortedIndices` are PyTorch's.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 * const padded = tf.tensor3d([[[1], [2]], [[3], [0]]]); // two sequences, of two steps and of one
 * const packed = nn.utils.rnn.packPaddedSequence(padded, [2, 1], { batchFirst: true });
 * packed.data.print(); // 1, 3, 2
 * packed.batchSizes.print(); // 2, 1
 * ```
 */
export class PackedSequence {
  /**
   * @param padded [T, B, ...]
   * @param lengths steps of each sequence that count, 1 to T, in the order of the batch
   * @param isSorted whether the sequences were promised to come from the longest to the shortest
   */
  constructor(
    readonly padded: tf.Tensor,
    readonly lengths: Int32Array,
    readonly isSorted: boolean,
    ...more: readonly never[]
  ) {
    refuseMore("PackedSequence", more);
  }

  /** The steps that count, without padding [sum of lengths, ...]: first steps of all sequences first, longest first. */
  get data(): tf.Tensor {
    const [steps = 0, batch = 0, ...rest] = this.padded.shape;
    const order = this.#order();
    const rows = Array.from(this.batchSizes.dataSync(), (count, step) =>
      Array.from(order.slice(0, count), (sequence) => step * batch + sequence),
    ).flat();
    return tf.gather(tf.reshape(this.padded, [steps * batch, ...rest]), tf.tensor1d(rows, "int32"));
  }

  /** int32 [T]: how many sequences have a first, second, ... step. */
  get batchSizes(): tf.Tensor1D {
    const longest = Math.max(0, ...this.lengths);
    const counts = Array.from({ length: longest }, (_, step) => this.lengths.filter((length) => length > step).length);
    return tf.tensor1d(counts, "int32");
  }

  /** int32 [B]: the longest sequence, the second longest, and so on; undefined where they come in this order. */
  get sortedIndices(): tf.Tensor1D | undefined {
    return this.isSorted ? undefined : tf.tensor1d(this.#order(), "int32");
  }

  /** int32 [B]: the place of each sequence in that order; undefined where they come in it. */
  get unsortedIndices(): tf.Tensor1D | undefined {
    if (this.isSorted) return undefined;
    const places = new Int32Array(this.lengths.length);
    this.#order().forEach((sequence, place) => {
      places[sequence] = place;
    });
    return tf.tensor1d(places, "int32");
  }

  /** The same lengths with other values [T, B, ...]. */
  with(padded: tf.Tensor): PackedSequence {
    return new PackedSequence(padded, this.lengths, this.isSorted);
  }

  #order(): Int32Array {
    const places = Int32Array.from(this.lengths.keys());
    return places.sort((a, b) => (this.lengths[b] ?? 0) - (this.lengths[a] ?? 0) || a - b);
  }
}

/** Lengths on the host, checked. @throws MisconfigurationError */
export function hostLengths(lengths: SequenceLengths, batch: number, longest: number): Int32Array {
  const values = lengths instanceof tf.Tensor ? lengths.dataSync() : lengths;
  const wrong = [...values].find((length) => !Number.isInteger(length) || length < 1 || length > longest);
  if (values.length === batch && wrong === undefined) return Int32Array.from(values);
  throw new MisconfigurationError({
    message: "These are not the lengths of the batch's sequences.",
    expected: `${batch} integers from 1 to ${longest}`,
    received: `[${[...values].join(", ")}]`,
  });
}
