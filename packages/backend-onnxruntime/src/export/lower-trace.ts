import type { GraphValue } from "../contract/graph-builder.js";
import type { GraphDtype } from "../contract/graph-dtype.js";
import { describeNode } from "../backend/lower-request.js";
import type { LazyData } from "../backend/lazy-data.js";
import type { LazyNode } from "../backend/lazy-node.js";
import { EngineError } from "../errors/engine-error.js";
import { OnnxGraph } from "../graph/onnx-graph.js";
import { graphDtypeOf, isSameShape } from "../graph/value-spec.js";
import type { ModelDescription } from "../onnx-model/model-description.js";

/** What a forward has recorded for inputs of one size. */
export interface Trace {
  readonly inputs: readonly LazyData[];
  /** With the shapes that they have as tensors: a reshape shares its content. */
  readonly outputs: readonly { readonly data: LazyData; readonly shape: readonly number[] }[];
}

/** Contents that a graph reads and does not compute. */
export interface Contents {
  /** The name of a module's parameter or buffer; undefined for other tensors. */
  nameOf(data: LazyData): string | undefined;
  /** Little-endian elements. */
  bytesOf(data: LazyData): Uint8Array;
}

/** Turns what was recorded into a model of ONNX's own operators, for inputs of this size. */
export function lowerTrace(trace: Trace, contents: Contents): ModelDescription {
  const lowering = new TraceLowering(contents);
  for (const input of trace.inputs) lowering.declare(input);
  for (const node of nodesBehind(trace)) lowering.lower(node);
  return lowering.finish(trace.outputs);
}

class TraceLowering {
  readonly #graph = new OnnxGraph(() => 0, { isPortable: true });
  readonly #contents: Contents;
  readonly #values = new Map<LazyData, GraphValue>();
  #unnamed = 0;

  constructor(contents: Contents) {
    this.#contents = contents;
  }

  declare(input: LazyData): void {
    this.#values.set(input, this.#graph.input(dtypeOf(input), input.shape));
  }

  lower(node: LazyNode): void {
    const graph = this.#graph;
    graph.computeDtype = node.computeDtype;
    graph.label = describeNode(node);
    const inputs = node.inputs.map((data, i) => this.#reshaped(this.#valueOf(data), node.views?.[i] ?? data.shape));
    const scalars = node.scalars.map((scalar) => graph.constant(scalar, "float32"));
    const values = node.kernel.lower(graph, inputs, node.attrs, scalars);
    node.outputs.forEach((data, i) => {
      const value = values[i];
      if (value !== undefined) this.#values.set(data, value);
    });
  }

  finish(outputs: Trace["outputs"]): ModelDescription {
    return this.#graph.finish(outputs.map(({ data, shape }) => this.#reshaped(this.#valueOf(data), shape)));
  }

  #reshaped(value: GraphValue, shape: readonly number[]): GraphValue {
    if (isSameShape(value.shape, shape)) return value;
    return this.#graph.op("Reshape", [value, this.#graph.constant(shape, "int64")], { shape });
  }

  #valueOf(data: LazyData): GraphValue {
    let value = this.#values.get(data);
    if (value === undefined) this.#values.set(data, (value = this.#content(data)));
    return value;
  }

  #content(data: LazyData): GraphValue {
    const dtype = dtypeOf(data);
    const name = this.#contents.nameOf(data);
    if (name === undefined && data.single !== undefined) return this.#graph.constant([data.single], dtype, data.shape);
    const initializer = {
      name: name === undefined ? `constant${this.#unnamed++}` : weightName(name),
      dtype,
      shape: data.shape,
    };
    return this.#graph.initializer({ ...initializer, data: this.#contents.bytesOf(data) });
  }
}

/** What a parameter is called in the graph, so that its name collides with none of the graph's own. */
export function weightName(name: string): string {
  return `${WEIGHT}${name}`;
}

/** The name of a parameter, from that in the graph; undefined for other values. */
export function nameOfWeight(name: string): string | undefined {
  return name.startsWith(WEIGHT) ? name.slice(WEIGHT.length) : undefined;
}

const WEIGHT = "weight ";

/** Every node that the outputs need, in the order of recording. The inputs' own are left out. */
function nodesBehind({ inputs, outputs }: Trace): LazyNode[] {
  const placeholders = new Set<LazyData>(inputs);
  const found = new Set<LazyNode>();
  const open = outputs.map(({ data }) => data);
  for (let data = open.pop(); data !== undefined; data = open.pop()) {
    const { node } = data;
    if (node === undefined || placeholders.has(data) || found.has(node)) continue;
    found.add(node);
    open.push(...node.inputs);
  }
  return [...found].toSorted((a, b) => a.number - b.number);
}

function dtypeOf(data: LazyData): GraphDtype {
  const dtype = graphDtypeOf(data.dtype);
  if (dtype !== undefined) return dtype;
  throw new EngineError({
    code: "LIT_ENGINE_EXPORT",
    message: `A tensor of type ${data.dtype} cannot be part of an exported model.`,
    tryThis: "float32, int32 and bool.",
  });
}
