import { refuseMore } from "../../errors/refuse-more.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import type { tf } from "../../tensor/tf.js";
import type { PackedSequence } from "../utils/rnn/packed-sequence.js";
import { RecurrentLayer } from "./recurrent-layer.js";
import { checkRecurrent, type RnnOptions } from "./recurrent-options.js";
import type { Sequences } from "./recurrent-sequences.js";

/**
 * Plain recurrent units, tanh or relu, in layers and directions, with PyTorch's names and initialisation.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.RNN(4, 8, { batchFirst: true, nonlinearity: "relu" });
 * const [output, last] = layer.forward(tf.zeros([2, 10, 4]));
 * console.log(output.shape, last.shape); // [2, 10, 8] [1, 2, 8]
 * ```
 */
export class RNN extends RecurrentLayer {
  readonly nonlinearity: "tanh" | "relu";

  constructor(inputSize: number, hiddenSize: number, options: RnnOptions = {}, ...more: readonly never[]) {
    checkRecurrent("nn.RNN", { inputSize, hiddenSize }, options, ["nonlinearity"]);
    const nonlinearity = checkNonlinearity("nn.RNN", options.nonlinearity ?? "tanh");
    super({ cell: nonlinearity, gates: 1, projSize: 0 }, inputSize, hiddenSize, options);
    refuseMore("nn.RNN", more);
    this.nonlinearity = nonlinearity;
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

/** @throws MisconfigurationError */
export function checkNonlinearity(owner: string, nonlinearity: "tanh" | "relu"): "tanh" | "relu" {
  if (nonlinearity === "tanh" || nonlinearity === "relu") return nonlinearity;
  throw new MisconfigurationError({
    message: `${owner} has no such nonlinearity.`,
    expected: '"tanh" or "relu"',
    received: JSON.stringify(nonlinearity),
  });
}
