import type { GraphValue } from "../contract/graph-builder.js";
import { NumberPack } from "../graph/number-pack.js";
import { OnnxGraph, type OnnxGraphOptions } from "../graph/onnx-graph.js";
import { describeSpec, graphDtypeOf, isSameShape } from "../graph/value-spec.js";
import type { ModelDescription } from "../onnx-model/model-description.js";
import type { PiecesProgram } from "../contract/pieces-program.js";
import { EngineError } from "../errors/engine-error.js";
import type { GraphRequest } from "./graph-request.js";
import type { LazyData } from "./lazy-data.js";
import type { LazyNode } from "./lazy-node.js";

/** A kernel could not emit its nodes. */
export class LoweringFailure extends Error {
  constructor(
    readonly position: number,
    override readonly cause: unknown,
  ) {
    super("a kernel could not be lowered");
  }
}

export interface LoweredRequest {
  /** With checks, its last output is the flag: 0, or which check failed, counted from 1. */
  readonly description: ModelDescription;
  /** Positions of the nodes that the checks belong to. */
  readonly checks: readonly number[];
}

/** Turns recorded nodes into an ONNX model: every kernel emits its own nodes. @throws LoweringFailure */
export function lowerRequest(
  request: GraphRequest,
  blockedChannels: () => number,
  machine: Pick<OnnxGraphOptions, "target" | "hasOneThread">,
): LoweredRequest {
  const lowering = new Lowering(request, new OnnxGraph(blockedChannels, machine));
  request.nodes.forEach((node, position) => {
    try {
      lowering.lower(node);
    } catch (cause) {
      throw new LoweringFailure(position, cause);
    }
  });
  return lowering.finish();
}

/** A node's graph over pieces of its input. @throws LoweringFailure */
export function lowerPieces(node: LazyNode, program: PiecesProgram, blockedChannels: () => number): LoweredRequest {
  const graph = new OnnxGraph(blockedChannels);
  graph.label = `${describeNode(node)}@0`;
  try {
    const value = program.lower(
      graph,
      program.pieces.map(({ shape }) => graph.input("float32", shape)),
    );
    node.outputs.forEach((data) => checkLowering(node, data, value));
    return { description: graph.finish([value]), checks: [] };
  } catch (cause) {
    throw new LoweringFailure(0, cause);
  }
}

class Lowering {
  readonly #graph: OnnxGraph;
  readonly #request: GraphRequest;
  readonly #inputs: readonly GraphValue[];
  readonly #floats: NumberPack | undefined;
  readonly #ints: NumberPack | undefined;
  readonly #results: (readonly GraphValue[])[] = [];
  #nextScalar = 0;
  #nextSlot = 0;

  constructor(request: GraphRequest, graph: OnnxGraph) {
    this.#request = request;
    this.#graph = graph;
    this.#inputs = request.inputs.map((data, i) =>
      this.#graph.input(graphDtypeOf(data.dtype) ?? "float32", request.inputShapes[i] ?? data.shape),
    );
    if (request.floats.length > 0)
      this.#floats = new NumberPack(graph, graph.input("float32", [request.floats.length]));
    if (request.ints.length > 0) this.#ints = new NumberPack(graph, graph.input("int32", [request.ints.length]));
  }

  lower(node: LazyNode): void {
    const graph = this.#graph;
    graph.computeDtype = node.computeDtype;
    graph.label = `${describeNode(node)}@${node.position}`;
    graph.position = node.position;
    const inputs = node.inputs.map((data, i) => reshaped(graph, this.#valueOf(data), node.views?.[i] ?? data.shape));
    const scalars = node.scalars.map(() => defined(this.#floats).pick(this.#nextScalar++));
    const values = node.kernel.lower(graph, inputs, node.attrs, scalars);
    node.outputs.forEach((data, i) => checkLowering(node, data, values[i]));
    this.#results[node.position] = values;
  }

  finish(): LoweredRequest {
    const outputs = this.#request.outputs.map((data) => this.#valueOf(data));
    const flag = this.#graph.flag();
    const description = this.#graph.finish(flag === undefined ? outputs : [...outputs, flag]);
    return { description, checks: this.#graph.checkedPositions };
  }

  #valueOf(data: LazyData): GraphValue {
    if (data.node !== undefined) return defined(this.#results[data.node.position]?.[data.outputIndex]);
    const slot = defined(this.#request.slots[this.#nextSlot++]);
    if (data.single === undefined) return defined(this.#inputs[slot]);
    if (data.dtype === "int32") return defined(this.#ints).pick(slot);
    return defined(this.#floats).pick(this.#request.floats.length - this.#request.floatSingles.length + slot);
  }
}

function reshaped(graph: OnnxGraph, value: GraphValue, shape: readonly number[]): GraphValue {
  return isSameShape(value.shape, shape)
    ? value
    : graph.op("Reshape", [value, graph.constant(shape, "int64")], { shape });
}

function defined<T>(value: T | undefined): T {
  if (value === undefined)
    throw new EngineError({ code: "LIT_ENGINE_GRAPH", message: "A graph reads a value that it does not have." });
  return value;
}

function checkLowering(node: LazyNode, data: LazyData, value: GraphValue | undefined): void {
  if (value !== undefined && value.dtype === data.dtype && isSameShape(value.shape, data.shape)) return;
  throw new EngineError({
    code: "LIT_ENGINE_LOWERING",
    message: `The lowering of ${describeNode(node)} gives the wrong kind of value.`,
    expected: describeSpec(data.dtype, data.shape),
    received: value === undefined ? "nothing" : describeSpec(value.dtype, value.shape),
  });
}

/**
 * Position of the node that a message of ONNX Runtime speaks of: names of ONNX nodes begin with op, `@` and position.
 */
export function positionIn(message: string): number | undefined {
  const position = /@(\d+)#\d+/.exec(message)?.[1];
  return position === undefined ? undefined : Number(position);
}

/** `float32[3,4], the result of MatMul(float32[3,2], float32[2,4])`. */
export function describeResult({ dtype, shape }: LazyData, node: LazyNode | undefined): string {
  const spec = describeSpec(dtype, shape);
  return node === undefined ? spec : `${spec}, the result of ${describeNode(node)}`;
}

/** `Conv2D(float32[1,28,28,1], float32[3,3,1,8])`, as errors and dumped models name an op. */
export function describeNode(node: LazyNode): string {
  const inputs = node.inputs.map((data, i) => describeSpec(data.dtype, node.views?.[i] ?? data.shape));
  return `${node.kernel.name}(${inputs.join(", ")})`;
}
