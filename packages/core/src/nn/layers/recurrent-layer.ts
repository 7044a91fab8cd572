import { describeValue } from "../../errors/describe-value.js";
import type { RecurrentAttributes } from "@lightning-ts/backend-onnxruntime";
import type { Parameter } from "../../autograd/parameter.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { runRecurrent } from "../../kernels/recurrent.js";
import { tf } from "../../tensor/tf.js";
import { uniformParameter } from "../default-parameters.js";
import { checkFloats } from "../functional/check-dtype.js";
import { dropout } from "../functional/dropout.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { TENSOR_HOLDERS } from "../tensor-holders.js";
import { pyFloat } from "../python-text.js";
import { PackedSequence } from "../utils/rnn/packed-sequence.js";
import type { RecurrentOptions } from "./recurrent-options.js";
import { overSequences, type RecurrentStates, type Sequences } from "./recurrent-sequences.js";

/** What the layers differ in. */
export interface RecurrentKind {
  readonly cell: RecurrentAttributes["cell"];
  /** Rows of the weights for each hidden unit. */
  readonly gates: number;
  /** 0: none */
  readonly projSize: number;
}

interface DirectionWeights {
  weightIh: Parameter;
  weightHh: Parameter;
  readonly biasIh?: Parameter;
  readonly biasHh?: Parameter;
  readonly weightHr?: Parameter;
}

/** What RNN, LSTM and GRU share: parameters under PyTorch's names, layers and directions. */
export abstract class RecurrentLayer extends Module {
  readonly numLayers: number;
  readonly batchFirst: boolean;
  readonly dropout: number;
  readonly bidirectional: boolean;
  readonly bias: boolean;
  readonly #kind: RecurrentKind;
  /** One for each direction of each layer. */
  readonly #weights: DirectionWeights[] = [];

  constructor(
    kind: RecurrentKind,
    readonly inputSize: number,
    readonly hiddenSize: number,
    options: RecurrentOptions,
  ) {
    super();
    this.#kind = kind;
    this.numLayers = options.numLayers ?? 1;
    this.batchFirst = options.batchFirst ?? false;
    this.dropout = options.dropout ?? 0;
    this.bidirectional = options.bidirectional ?? false;
    this.bias = options.bias ?? true;
    const width = this.#outputSize * this.#directions;
    for (let layer = 0; layer < this.numLayers; layer += 1) {
      const ofInput = layer === 0 ? inputSize : width;
      this.#weights.push(this.#createWeights(`l${layer}`, ofInput));
      if (this.bidirectional) this.#weights.push(this.#createWeights(`l${layer}_reverse`, ofInput));
    }
  }

  /** PyTorch moves weights together in memory by this; here there is nothing to move. */
  flattenParameters(): void {}

  /** The layer's result for sequences in any of their forms. @throws ShapeError, which says which layer it was */
  protected over(input: Sequences, states: RecurrentStates | undefined): [Sequences, RecurrentStates] {
    const tensor = input instanceof PackedSequence ? input.padded : input;
    return inLayer(this, tensor, () => {
      if (states !== undefined) requireStates(states);
      this.#checkInput(tensor, tensor === input && tensor.rank === 3 && this.batchFirst);
      return overSequences(input, states, this.batchFirst, (x, given, lengths) => this.#run(x, given, lengths));
    });
  }

  /**
   * All layers over sequences [T, N, inputSize]. -> [T, N, directions · size] and the last states
   * @param lengths int32 [N] where sequences differ in length
   * @throws ShapeError
   */
  #run(x: tf.Tensor, given: RecurrentStates | undefined, lengths: tf.Tensor | undefined): [tf.Tensor, RecurrentStates] {
    const [, batch = 0] = x.shape;
    const states = given ?? this.#zeroStates(batch);
    this.#checkStates(states, batch);
    const [hs, cs] = [tf.unstack(states.h), states.c === undefined ? [] : tf.unstack(states.c)];
    const [lastH, lastC]: [tf.Tensor[], tf.Tensor[]] = [[], []];
    let sequence = x;
    for (let layer = 0; layer < this.numLayers; layer += 1) {
      const outputs = Array.from({ length: this.#directions }, (_, direction) => {
        const place = layer * this.#directions + direction;
        const [y = sequence, h = y, c] = this.#runDirection(
          place,
          sequence,
          { h: hs[place] ?? x, c: cs[place] },
          lengths,
        );
        lastH.push(h);
        if (c !== undefined) lastC.push(c);
        return y;
      });
      const joined = outputs.length === 1 ? (outputs[0] ?? x) : tf.concat(outputs, 2);
      const isBetween = layer < this.numLayers - 1;
      sequence = isBetween ? dropout(joined, { p: this.dropout, training: this.training }) : joined;
    }
    return [sequence, { h: tf.stack(lastH), c: lastC.length === 0 ? undefined : tf.stack(lastC) }];
  }

  /** @throws ShapeError unless x holds sequences of this width with steps */
  #checkInput(x: tf.Tensor, isBatchFirst: boolean): void {
    checkFloats("recurrent layer", { input: x });
    const order = this.batchFirst ? "[N, T, " : "[T, N, ";
    const steps = x.shape[isBatchFirst ? 1 : 0] ?? 0;
    if (x.rank >= 2 && x.rank <= 3 && x.shape[x.rank - 1] === this.inputSize && steps > 0) return;
    throw new ShapeError({
      message: "the input is no batch of sequences of this width.",
      expected: `${order}${this.inputSize}] or [T, ${this.inputSize}], with at least one step`,
      received: formatShape(x.shape),
      shapes: [x.shape],
    });
  }

  override [TENSOR_HOLDERS](): readonly object[] {
    return this.#weights;
  }

  get #directions(): number {
    return this.bidirectional ? 2 : 1;
  }

  /** The width of what each step puts out: the projection's size, or the hidden state's. */
  get #outputSize(): number {
    return this.#kind.projSize === 0 ? this.hiddenSize : this.#kind.projSize;
  }

  #createWeights(suffix: string, inputSize: number): DirectionWeights {
    const rows = this.#kind.gates * this.hiddenSize;
    const create = (name: string, shape: readonly number[]): Parameter =>
      this.registerParameter(`${name}_${suffix}`, uniformParameter(shape, 1 / Math.sqrt(this.hiddenSize)));
    return {
      weightIh: create("weight_ih", [rows, inputSize]),
      weightHh: create("weight_hh", [rows, this.#outputSize]),
      ...(this.bias ? { biasIh: create("bias_ih", [rows]), biasHh: create("bias_hh", [rows]) } : {}),
      ...(this.#kind.projSize === 0 ? {} : { weightHr: create("weight_hr", [this.#kind.projSize, this.hiddenSize]) }),
    };
  }

  #runDirection(
    place: number,
    x: tf.Tensor,
    { h, c }: RecurrentStates,
    lengths: tf.Tensor | undefined,
  ): readonly tf.Tensor[] {
    const weights = this.#weights[place];
    if (weights === undefined) throw new RangeError("A recurrent layer has weights for each of its directions.");
    const states = c === undefined ? { h0: h } : { h0: h, c0: c };
    return runRecurrent(
      { x, ...weights, ...states, ...(lengths === undefined ? {} : { lengths }) },
      { cell: this.#kind.cell, reverse: place % this.#directions === 1 },
    );
  }

  #stateShapes(batch: number): { readonly h: number[]; readonly c: number[] } {
    const count = this.numLayers * this.#directions;
    return { h: [count, batch, this.#outputSize], c: [count, batch, this.hiddenSize] };
  }

  #zeroStates(batch: number): RecurrentStates {
    const { h, c } = this.#stateShapes(batch);
    // Filled on the device: zeros of the host would travel there in every step.
    return { h: tf.fill(h, 0), c: this.#kind.cell === "lstm" ? tf.fill(c, 0) : undefined };
  }

  #checkStates({ h, c }: RecurrentStates, batch: number): void {
    checkFloats("recurrent layer", { "hidden state": h, "cell state": c });
    const expected = this.#stateShapes(batch);
    const wrong = !tf.util.arraysEqual(h.shape, expected.h)
      ? { name: "hidden state", is: h.shape, expected: expected.h }
      : c !== undefined && !tf.util.arraysEqual(c.shape, expected.c)
        ? { name: "cell state", is: c.shape, expected: expected.c }
        : undefined;
    if (wrong === undefined) return;
    throw new ShapeError({
      message: `the ${wrong.name} that was passed does not fit the layer and the batch.`,
      expected: `${formatShape(wrong.expected)}: layers · directions, batch, size`,
      received: formatShape(wrong.is),
      shapes: [wrong.is],
    });
  }

  override extraRepr(): string {
    const { projSize } = this.#kind;
    return [
      `${this.inputSize}, ${this.hiddenSize}`,
      ...(projSize === 0 ? [] : [`proj_size=${projSize}`]),
      ...(this.numLayers === 1 ? [] : [`num_layers=${this.numLayers}`]),
      ...(this.bias ? [] : ["bias=False"]),
      ...(this.batchFirst ? ["batch_first=True"] : []),
      ...(this.dropout === 0 ? [] : [`dropout=${pyFloat(this.dropout)}`]),
      ...(this.bidirectional ? ["bidirectional=True"] : []),
    ].join(", ");
  }
}

/** @throws ShapeError for states that are no tensors, such as the two of an LSTM where there is one */
function requireStates({ h, c }: RecurrentStates): void {
  for (const state of [h, ...(c === undefined ? [] : [c])]) {
    if (state instanceof tf.Tensor) continue;
    throw new ShapeError({
      message: "a state that was passed is no tensor.",
      expected: "one tensor [layers · directions, batch, size]; an LSTM takes two of them in a list: [h, c]",
      received: describeValue(state),
      shapes: [],
    });
  }
}
