import { collectiveMismatch } from "./check-call.js";
import type { CollectiveBuffer, CollectiveCall, ReduceOp } from "./collective.js";

export type Operation =
  | "barrier"
  | "broadcast"
  | "allReduce"
  | "reduce"
  | "allGather"
  | "gather"
  | "scatter"
  | "reduceScatter"
  | "allToAll"
  | "send"
  | "exchangeBytes";

/** What all ranks must say alike of one call. */
export interface CallDescription {
  readonly operation: Operation;
  readonly name: string;
  readonly numberType: "none" | "float32" | "int32" | "uint8";
  /** Elements that this rank brings, or that come to it. */
  readonly length: number;
  readonly reduction: ReduceOp | "none";
  /** The rank that sends to all, or gets from all; -1 where none does. */
  readonly root: number;
}

/** Describes a call without numbers. */
export function describeEmpty(operation: Operation, { name }: CollectiveCall): CallDescription {
  return { operation, name, numberType: "none", length: 0, reduction: "none", root: -1 };
}

export function describeNumbers(
  operation: Operation,
  { name }: CollectiveCall,
  buffer: CollectiveBuffer,
  more: Partial<Pick<CallDescription, "reduction" | "root">> = {},
): CallDescription {
  const numberType = numberTypeOf(buffer);
  return { operation, name, numberType, length: buffer.length, reduction: "none", root: -1, ...more };
}

/** Describes a call on several arrays as one. @throws CollectiveArgumentError unless outputs are as long as inputs */
export function describeParts(
  operation: Operation,
  call: CollectiveCall & { readonly op: ReduceOp },
  inputs: readonly Float32Array[],
  outputs: readonly Float32Array[],
): CallDescription {
  const lengthsOf = (parts: readonly Float32Array[]): string => parts.map(({ length }) => length).join(", ");
  if (lengthsOf(inputs) !== lengthsOf(outputs))
    throw collectiveMismatch(call.name, `outputs of ${lengthsOf(inputs)} elements`, lengthsOf(outputs));
  const length = inputs.reduce((sum, input) => sum + input.length, 0);
  return { operation, name: call.name, numberType: "float32", length, reduction: call.op, root: -1 };
}

/** The operation with its name, for messages. */
export function nameCall({ operation, name }: CallDescription): string {
  return `${operation} "${name}"`;
}

/** All of it in words. */
export function callInWords(call: CallDescription): string {
  const { numberType, length, reduction, root } = call;
  const numbers = numberType === "none" ? "" : ` of ${numberType}[${length}]`;
  const how = reduction === "none" ? "" : `, ${reduction}`;
  const whose = root === -1 ? "" : `, rank ${root}`;
  return `${nameCall(call)}${numbers}${how}${whose}`;
}

export function numberTypeOf(buffer: CollectiveBuffer): "float32" | "int32" | "uint8" {
  if (buffer instanceof Float32Array) return "float32";
  return buffer instanceof Int32Array ? "int32" : "uint8";
}

/** @throws CollectiveArgumentError unless the buffer has this length, and numbers like another one */
export function requireLength(
  buffer: CollectiveBuffer,
  length: number,
  like: CollectiveBuffer,
  { name }: CollectiveCall,
): void {
  if (buffer.length === length && buffer.constructor === like.constructor) return;
  const expected = `a ${like.constructor.name} of ${length} elements`;
  throw collectiveMismatch(name, expected, `a ${buffer.constructor.name} of ${buffer.length}`);
}

/** @throws CollectiveArgumentError unless the parts for all ranks are equally long */
export function requireParts(buffer: CollectiveBuffer, ranks: number, { name }: CollectiveCall): void {
  if (buffer.length % ranks === 0) return;
  throw collectiveMismatch(name, `as many elements for each of ${ranks} ranks`, `${buffer.length}`);
}

/** @throws CollectiveArgumentError for a mean of whole numbers */
export function requireReducible(
  buffer: CollectiveBuffer,
  { name, op }: { readonly name: string; readonly op: ReduceOp },
): void {
  if (op !== "mean" || buffer instanceof Float32Array) return;
  throw collectiveMismatch(name, "floats for a mean, which whole numbers cannot hold", `a ${buffer.constructor.name}`);
}
