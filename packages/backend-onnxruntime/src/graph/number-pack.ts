import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";

/**
 * Numbers that a graph gets side by side in one input of shape [count], each of them as a scalar.
 * One `Split` gives them all: with a `Gather` for each, ONNX Runtime takes a time to create the session that grows with
 * the square of their number.
 */
export class NumberPack {
  readonly #graph: GraphBuilder;
  readonly #pack: GraphValue;
  #parts: readonly (GraphValue | undefined)[] | undefined;

  constructor(graph: GraphBuilder, pack: GraphValue) {
    this.#graph = graph;
    this.#pack = pack;
  }

  /** The number at `position`, of shape []. */
  pick(position: number): GraphValue {
    const part = (this.#parts ??= this.#split())[position];
    if (part === undefined)
      throw new RangeError(`There is no number ${position} among the ${this.#pack.shape[0] ?? 0} of a graph.`);
    return this.#graph.op("Reshape", [part, this.#graph.constant([], "int64")], { shape: [] });
  }

  #split(): readonly (GraphValue | undefined)[] {
    const { dtype, shape } = this.#pack;
    const count = shape[0] ?? 0;
    if (count === 1) return [this.#pack];
    const outputs = Array.from({ length: count }, () => ({ dtype, shape: [1] }));
    return this.#graph.node({ type: "Split", inputs: [this.#pack], attrs: { axis: 0, num_outputs: count }, outputs });
  }
}
