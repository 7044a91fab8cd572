import { refuseMore } from "../../errors/refuse-more.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import type { tf } from "../../tensor/tf.js";
import type { PackedSequence } from "../utils/rnn/packed-sequence.js";
import { RecurrentLayer } from "./recurrent-layer.js";
import { checkRecurrent, type LstmOptions } from "./recurrent-options.js";
import type { Sequences } from "./recurrent-sequences.js";

/** Hidden and cell states of all layers and directions, [layers · directions, N, size], or without N. */
export type LstmStates = readonly [h: tf.Tensor, c: tf.Tensor];

/**
 * Long short-term memory, in layers and directions, with PyTorch's names, initialisation and state-dict keys.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const lstm = new nn.LSTM(4, 8, { batchFirst: true });
 * const [output, [h]] = lstm.forward(tf.zeros([2, 5, 4]));
 * console.log(output.shape, h.shape); // [2, 5, 8], [1, 2, 8]
 * ```
 */
export class LSTM extends RecurrentLayer {
  readonly projSize: number;

  constructor(inputSize: number, hiddenSize: number, options: LstmOptions = {}, ...more: readonly never[]) {
    checkRecurrent("nn.LSTM", { inputSize, hiddenSize }, options, ["projSize"]);
    const projSize = options.projSize ?? 0;
    super({ cell: "lstm", gates: 4, projSize }, inputSize, hiddenSize, options);
    refuseMore("nn.LSTM", more);
    this.projSize = projSize;
  }

  /**
   * @param input [T, N, inputSize], [N, T, inputSize] with `batchFirst`, one sequence [T, inputSize], or packed ones
   * @param states where the sequences begin. @default zeros
   * @returns every step's output [T, N, directions · size], as the input came, and the states after the last one
   * @throws ShapeError
   */
  override forward(input: tf.Tensor, states?: LstmStates): [output: tf.Tensor, states: LstmStates];
  override forward(input: PackedSequence, states?: LstmStates): [output: PackedSequence, states: LstmStates];
  override forward(input: Sequences, states?: LstmStates): [output: Sequences, states: LstmStates] {
    const [output, last] = this.over(input, states && { h: statesOf(states)[0], c: states[1] });
    return [output, [last.h, last.c ?? last.h]];
  }
}

/** @throws MisconfigurationError for one tensor instead of two, which a GRU would take */
function statesOf(states: LstmStates): LstmStates {
  if (Array.isArray(states) && states.length === 2) return states;
  throw new MisconfigurationError({
    message: "nn.LSTM has two states.",
    expected: "[h, c] as the second argument",
    received: Array.isArray(states) ? `an array of ${states.length}` : "one value",
  });
}
