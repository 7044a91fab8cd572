import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";

/** Weights as the steps read them: gates in the graph's order, biases [G · H, 1]. */
export interface RecurrentWeights {
  readonly ih: GraphValue;
  readonly hh: GraphValue;
  /** Added to the input's part, and, of a GRU alone, to the hidden part. */
  readonly bias: GraphValue | undefined;
  readonly hiddenBias: GraphValue | undefined;
}

export interface StepInput {
  /** [B, I] */
  readonly x: GraphValue;
  /** [P, B] */
  readonly h: GraphValue;
  /** [H, B] of an LSTM. */
  readonly c: GraphValue | undefined;
}

export interface StepResult {
  /** [H, B], before a projection. */
  readonly h: GraphValue;
  readonly c: GraphValue | undefined;
  /** In the contract's order. */
  readonly saved: readonly GraphValue[];
}

export interface StepGradientInput {
  /** The gradient in h, [H, B]. */
  readonly dh: GraphValue;
  /** An LSTM's gradient in the c that it has after the step, and c itself. */
  readonly dc: GraphValue | undefined;
  readonly c: GraphValue | undefined;
  readonly saved: readonly GraphValue[];
}

export interface StepGradient {
  /** Gradients in the gates before activation, in the graph's order: in the input's part, and in the hidden part. */
  readonly dInput: GraphValue;
  readonly dHidden: GraphValue;
  /** What reaches the state before, beside hhᵀ · dHidden. */
  readonly dh: GraphValue | undefined;
  readonly dc: GraphValue | undefined;
  /** An LSTM's cells before the step. */
  readonly c: GraphValue | undefined;
  /** h before a projection, computed again. */
  readonly h: GraphValue | undefined;
}

/** The formulas of one step; all values but x are [features, batch]. */
export interface RecurrentCell {
  /** Lengths of the saved values, in hidden units. */
  readonly saved: readonly number[];
  forward(graph: GraphBuilder, weights: RecurrentWeights, input: StepInput): StepResult;
  backward(graph: GraphBuilder, input: StepGradientInput): StepGradient;
}

/** A value that a cell of this kind has. */
export function present(value: GraphValue | undefined): GraphValue {
  if (value === undefined) throw new RangeError("A recurrent cell lacks one of its values.");
  return value;
}

/** dy · y · (1 - y): the gradient of a sigmoid with result y. */
export function sigmoidGradient(graph: GraphBuilder, dy: GraphValue, y: GraphValue): GraphValue {
  const rest = graph.op("Sub", [graph.constant(1, "float32"), y], { shape: y.shape });
  return graph.op("Mul", [dy, graph.op("Mul", [y, rest])]);
}

/** dy · (1 - y²): the gradient of tanh with result y. */
export function tanhGradient(graph: GraphBuilder, dy: GraphValue, y: GraphValue): GraphValue {
  const slope = graph.op("Sub", [graph.constant(1, "float32"), graph.op("Mul", [y, y])], { shape: y.shape });
  return graph.op("Mul", [dy, slope]);
}
