import { tf } from "../../tensor/tf.js";
import { swapBatchAndTime } from "../utils/rnn/pack-sequences.js";
import { PackedSequence } from "../utils/rnn/packed-sequence.js";

/** States of all layers and directions, [layers · directions, N, ...]: h, and an LSTM's c. */
export interface RecurrentStates {
  readonly h: tf.Tensor;
  readonly c: tf.Tensor | undefined;
}

/** Sequences as recurrent layers take them: [T, N, size] or [N, T, size], one alone as [T, size], or packed. */
export type Sequences = tf.Tensor | PackedSequence;

/** Runs a layer over sequences [T, N, size]. */
export type RunSequences = (
  x: tf.Tensor,
  states: RecurrentStates | undefined,
  lengths: tf.Tensor | undefined,
) => [tf.Tensor, RecurrentStates];

/** Brings sequences into the order [T, N, size], and what comes out back into the one that came in. */
export function overSequences(
  input: Sequences,
  states: RecurrentStates | undefined,
  batchFirst: boolean,
  run: RunSequences,
): [Sequences, RecurrentStates] {
  if (input instanceof PackedSequence) {
    const [steps = 0] = input.padded.shape;
    const isEven = input.lengths.every((length) => length === steps);
    const [y, last] = run(input.padded, states, isEven ? undefined : tf.tensor1d(input.lengths, "int32"));
    return [input.with(y), last];
  }
  if (input.rank === 2) {
    const [y, last] = run(
      tf.expandDims(input, 1),
      mapStates(states, (state) => tf.expandDims(state, 1)),
      undefined,
    );
    return [tf.squeeze(y, [1]), mapStates(last, (state) => tf.squeeze(state, [1]))];
  }
  if (!batchFirst) return run(input, states, undefined);
  const [y, last] = run(swapBatchAndTime(input), states, undefined);
  return [swapBatchAndTime(y), last];
}

function mapStates(states: RecurrentStates, map: (state: tf.Tensor) => tf.Tensor): RecurrentStates;
function mapStates(
  states: RecurrentStates | undefined,
  map: (state: tf.Tensor) => tf.Tensor,
): RecurrentStates | undefined;
function mapStates(
  states: RecurrentStates | undefined,
  map: (state: tf.Tensor) => tf.Tensor,
): RecurrentStates | undefined {
  if (states === undefined) return undefined;
  return { h: map(states.h), c: states.c === undefined ? undefined : map(states.c) };
}
