import { refuseMore } from "../../errors/refuse-more.js";
import type { RecurrentAttributes } from "@lightning-ts/backend-onnxruntime";
import type { Parameter } from "../../autograd/parameter.js";
import { checkOptions } from "../check-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { runRecurrent } from "../../kernels/recurrent.js";
import { tf } from "../../tensor/tf.js";
import { uniformParameter } from "../default-parameters.js";
import { checkFloats } from "../functional/check-dtype.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { checkCount } from "../size.js";
import type { LstmStates } from "./lstm.js";
import { checkNonlinearity } from "./rnn.js";

export interface CellOptions {
  /** @default true */
  readonly bias?: boolean | undefined;
}

export interface RnnCellOptions extends CellOptions {
  /** @default "tanh" */
  readonly nonlinearity?: "tanh" | "relu" | undefined;
}

/** What the cells share: one step of a recurrent layer. */
abstract class RecurrentCell extends Module {
  weightIh: Parameter;
  weightHh: Parameter;
  biasIh: Parameter | undefined;
  biasHh: Parameter | undefined;

  constructor(
    gates: number,
    readonly inputSize: number,
    readonly hiddenSize: number,
    { bias = true }: CellOptions,
  ) {
    super();
    checkCount(inputSize, "inputSize");
    checkCount(hiddenSize, "hiddenSize");
    const create = (name: string, shape: readonly number[]): Parameter =>
      this.registerParameter(name, uniformParameter(shape, 1 / Math.sqrt(hiddenSize)));
    this.weightIh = create("weight_ih", [gates * hiddenSize, inputSize]);
    this.weightHh = create("weight_hh", [gates * hiddenSize, hiddenSize]);
    this.biasIh = bias ? create("bias_ih", [gates * hiddenSize]) : undefined;
    this.biasHh = bias ? create("bias_hh", [gates * hiddenSize]) : undefined;
  }

  /** One step of x [N, inputSize] or [inputSize] from the states, which are zeros where there are none. */
  protected step(x: tf.Tensor, cell: RecurrentAttributes["cell"], states: readonly tf.Tensor[]): readonly tf.Tensor[] {
    return inLayer(this, x, () => {
      this.#check(x, states);
      const { weightIh, weightHh, biasIh, biasHh } = this;
      const isOne = x.rank === 1;
      const rows = isOne ? tf.expandDims(x, 0) : x;
      const given = states.map((state) => (isOne ? tf.expandDims(state, 0) : state));
      const zeros = (): tf.Tensor => tf.zeros([rows.shape[0] ?? 0, this.hiddenSize]);
      const [, ...last] = runRecurrent(
        {
          x: tf.expandDims(rows, 0),
          weightIh,
          weightHh,
          ...(biasIh === undefined || biasHh === undefined ? {} : { biasIh, biasHh }),
          h0: given[0] ?? zeros(),
          ...(cell === "lstm" ? { c0: given[1] ?? zeros() } : {}),
        },
        { cell, reverse: false },
      );
      return isOne ? last.map((state) => tf.squeeze(state, [0])) : last;
    });
  }

  #check(x: tf.Tensor, states: readonly tf.Tensor[]): void {
    checkFloats("recurrent cell", { input: x, state: states[0], "cell state": states[1] });
    const leading = x.shape.slice(0, -1);
    const wrong =
      x.rank < 1 || x.rank > 2 || x.shape.at(-1) !== this.inputSize
        ? { name: "input", shape: x.shape, expected: `[N, ${this.inputSize}] or [${this.inputSize}]` }
        : states
            .filter(({ shape }) => !tf.util.arraysEqual(shape, [...leading, this.hiddenSize]))
            .map(({ shape }) => ({ name: "state", shape, expected: formatShape([...leading, this.hiddenSize]) }))[0];
    if (wrong === undefined) return;
    throw new ShapeError({
      message: `the ${wrong.name} does not fit the cell.`,
      expected: wrong.expected,
      received: formatShape(wrong.shape),
      shapes: [wrong.shape],
    });
  }

  override extraRepr(): string {
    return `${this.inputSize}, ${this.hiddenSize}${this.biasIh === undefined ? ", bias=False" : ""}`;
  }
}

/**
 * One step of an RNN.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const cell = new nn.RNNCell(4, 8);
 * let hidden: tf.Tensor | undefined;
 * for (const x of tf.unstack(tf.zeros([5, 2, 4]))) hidden = cell.forward(x, hidden);
 * console.log(hidden?.shape); // [2, 8]
 * ```
 */
export class RNNCell extends RecurrentCell {
  readonly nonlinearity: "tanh" | "relu";

  constructor(inputSize: number, hiddenSize: number, options: RnnCellOptions = {}, ...more: readonly never[]) {
    checkOptions("nn.RNNCell", options, ["bias", "nonlinearity"]);
    super(1, inputSize, hiddenSize, options);
    refuseMore("nn.RNNCell", more);
    this.nonlinearity = checkNonlinearity("nn.RNNCell", options.nonlinearity ?? "tanh");
  }

  /** x [N, inputSize], state [N, hiddenSize], or both without N -> the next state. @throws ShapeError */
  override forward(x: tf.Tensor, state?: tf.Tensor): tf.Tensor {
    return this.step(x, this.nonlinearity, state === undefined ? [] : [state])[0] ?? x;
  }

  override extraRepr(): string {
    return `${super.extraRepr()}${this.nonlinearity === "tanh" ? "" : `, nonlinearity=${this.nonlinearity}`}`;
  }
}

/**
 * One step of an LSTM.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const cell = new nn.LSTMCell(4, 8);
 * const [hidden, memory] = cell.forward(tf.zeros([2, 4]));
 * console.log(hidden.shape, memory.shape); // [2, 8] [2, 8]
 * ```
 */
export class LSTMCell extends RecurrentCell {
  constructor(inputSize: number, hiddenSize: number, options: CellOptions = {}, ...more: readonly never[]) {
    checkOptions("nn.LSTMCell", options, ["bias"]);
    super(4, inputSize, hiddenSize, options);
    refuseMore("nn.LSTMCell", more);
  }

  /** x [N, inputSize], states [N, hiddenSize], or all without N -> the next states. @throws ShapeError */
  override forward(x: tf.Tensor, states?: LstmStates): [h: tf.Tensor, c: tf.Tensor] {
    const [h = x, c = x] = this.step(x, "lstm", states ?? []);
    return [h, c];
  }
}

/**
 * One step of a GRU.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const cell = new nn.GRUCell(4, 8);
 * console.log(cell.forward(tf.zeros([2, 4])).shape); // [2, 8]
 * ```
 */
export class GRUCell extends RecurrentCell {
  constructor(inputSize: number, hiddenSize: number, options: CellOptions = {}, ...more: readonly never[]) {
    checkOptions("nn.GRUCell", options, ["bias"]);
    super(3, inputSize, hiddenSize, options);
    refuseMore("nn.GRUCell", more);
  }

  /** x [N, inputSize], state [N, hiddenSize], or both without N -> the next state. @throws ShapeError */
  override forward(x: tf.Tensor, state?: tf.Tensor): tf.Tensor {
    return this.step(x, "gru", state === undefined ? [] : [state])[0] ?? x;
  }
}
