import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import type { StructuralAttributes } from "../../contract/lazy-kernel.js";
import { FusedKernelError } from "../../errors/fused-kernel-error.js";
import type { Attributes } from "../read-attributes.js";
import { booleanAttribute, stringAttribute } from "../read-attributes.js";
import type { RecurrentAttributes } from "../../contract/fused-kernels.js";
import { range, reshape } from "./emit.js";

/** How many gates a cell has: rows of its weights for each hidden unit. */
const GATES: Readonly<Record<string, number>> = { lstm: 4, gru: 3, tanh: 1, relu: 1 };

/** Lengths of a call: T, B, I, H and P of the contract. */
export interface RecurrentSizes {
  readonly steps: number;
  readonly batch: number;
  readonly input: number;
  readonly hidden: number;
  readonly projected: number;
  readonly gates: number;
}

/** Inputs of a call by their names; those that are absent are not there. */
export type NamedValues = Readonly<Record<string, GraphValue | undefined>>;

type Infos = Readonly<Record<"x" | "weightIh" | "weightHh" | "h0", TensorInfo>>;

/** @throws FusedKernelError for tensors that do not fit each other */
export function recurrentSizes(kernel: string, cell: string, { x, weightIh, weightHh, h0 }: Infos): RecurrentSizes {
  const gates = GATES[cell];
  const [steps = 0, batch = 0, input = 0] = x.shape;
  const [rows = 0, projected = 0] = weightHh.shape;
  const fits =
    gates !== undefined &&
    x.shape.length === 3 &&
    steps > 0 &&
    rows % gates === 0 &&
    weightIh.shape.join() === `${rows},${input}` &&
    h0.shape.join() === `${batch},${projected}`;
  if (!fits)
    throw new FusedKernelError(
      `${kernel}'s inputs do not fit together. Expected x [T, B, I] with T > 0, weightIh [G · H, I], weightHh [G · H, P] and h0 [B, P]. Received ${cell}, [${x.shape.join(", ")}], [${weightIh.shape.join(", ")}], [${weightHh.shape.join(", ")}] and [${h0.shape.join(", ")}].`,
    );
  return { steps, batch, input, hidden: rows / gates, projected, gates };
}

/** The lengths of a call from its values in a graph; they were checked when the call was recorded. */
export function sizesOf(attrs: StructuralAttributes, values: NamedValues): RecurrentSizes {
  const [steps = 0, batch = 0, input = 0] = needed(values, "x").shape;
  const [rows = 0, projected = 0] = needed(values, "weightHh").shape;
  const gates = GATES[stringAttribute(attrs, "cell")] ?? 1;
  return { steps, batch, input, hidden: rows / gates, projected, gates };
}

/** The inputs that a call brings, in this order, and their names, which become part of the graph's key. */
export function namedInputs(
  order: readonly string[],
  inputs: Readonly<Record<string, TensorInfo | undefined>>,
): { readonly names: string[]; readonly infos: TensorInfo[] } {
  const names: string[] = [];
  const infos: TensorInfo[] = [];
  for (const name of order) {
    const info = inputs[name];
    if (info === undefined) continue;
    names.push(name);
    infos.push(info);
  }
  return { names, infos };
}

/** The inputs of `lower` by the names that `record` kept. */
export function valuesByName(values: readonly GraphValue[], attrs: StructuralAttributes): NamedValues {
  const { names } = attrs;
  if (!Array.isArray(names))
    throw new FusedKernelError("A recurrent layer was recorded without the names of its inputs.");
  return Object.fromEntries(names.map((name, i) => [String(name), values[i]]));
}

export function needed(values: NamedValues, name: string): GraphValue {
  const value = values[name];
  if (value === undefined)
    throw new FusedKernelError(
      `A recurrent layer lacks its input "${name}". Received ${Object.keys(values).join(", ")}.`,
    );
  return value;
}

/** The attributes of the contract, as part of the graph's key. */
export function structural(attrs: Attributes<RecurrentAttributes>): {
  readonly cell: string;
  readonly reverse: boolean;
  readonly saves: boolean;
} {
  return {
    cell: stringAttribute(attrs, "cell"),
    reverse: booleanAttribute(attrs, "reverse"),
    saves: booleanAttribute(attrs, "saves"),
  };
}

/** bool [T, 1, B]: whether step t of sequence b counts; undefined where all do. */
export function maskOf(graph: GraphBuilder, values: NamedValues, steps: number): GraphValue | undefined {
  const { lengths } = values;
  if (lengths === undefined) return undefined;
  const [batch = 0] = lengths.shape;
  const times = graph.constant(range(0, steps), "int32", [steps, 1, 1]);
  return graph.op("Less", [times, reshape(graph, lengths, [1, 1, batch])], { dtype: "bool", shape: [steps, 1, batch] });
}

/** `value` where the step counts, else `other`. */
export function pick(
  graph: GraphBuilder,
  mask: GraphValue | undefined,
  value: GraphValue,
  other: GraphValue | 0,
): GraphValue {
  if (mask === undefined) return value;
  const rest = other === 0 ? graph.constant(0, value.dtype) : other;
  return graph.op("Where", [mask, value, rest], { dtype: value.dtype, shape: value.shape });
}
