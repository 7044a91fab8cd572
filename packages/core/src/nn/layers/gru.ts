import { refuseMore } from "../../errors/refuse-more.js";
import type { tf } from "../../tensor/tf.js";
import type { PackedSequence } from "../utils/rnn/packed-sequence.js";
import { RecurrentLayer } from "./recurrent-layer.js";
import { checkRecurrent, type RecurrentOptions } from "./recurrent-options.js";
import type { Sequences } from "./recurrent-sequences.js";

/**
 * Gated recurrent units, in layers and directions, with PyTorch's names, initialisation and state-dict keys.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.GRU(4, 8, { batchFirst: true });
 * const [output, last] = layer.forward(tf.zeros([2, 10, 4]));
 * console.log(output.shape, last.shape); // [2, 10, 8] [1, 2, 8]
 * ```
 */
export class GRU extends RecurrentLayer {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}, ...more: readonly never[]) {
    checkRecurrent("nn.GRU", { inputSize, hiddenSize }, options, []);
    super({ cell: "gru", gates: 3, projSize: 0 }, inputSize, hiddenSize, options);
    refuseMore("nn.GRU", more);
  }

  /**
   * @param input [T, N, inputSize], [N, T, inputSize] with `batchFirst`, one sequence [T, inputSize], or packed ones
   * @param state where the sequences begin, [layers · directions, N, hiddenSize], or without N. @default zeros
   * @returns every step's output [T, N, directions · hiddenSize], as the input came, and the state after the last one
   * @throws ShapeError
   */
  override forward(input: tf.Tensor, state?: tf.Tensor): [output: tf.Tensor, state: tf.Tensor];
  override forward(input: PackedSequence, state?: tf.Tensor): [output: PackedSequence, state: tf.Tensor];
  override forward(input: Sequences, state?: tf.Tensor): [output: Sequences, state: tf.Tensor] {
    const [output, last] = this.over(input, state && { h: state, c: undefined });
    return [output, last.h];
  }
}
