import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { elementCount } from "../../graph/value-spec.js";
import { binary, cast, reshape, slice } from "./emit.js";

/**
 * The counter hash of `lit.Dropout`: float32 integers in [0, 2^24), one for every element of `shape`.
 * Twelve integer passes, about a third of the time that PyTorch's generator takes.
 */
export function randomIntegers(graph: GraphBuilder, seed: GraphValue, shape: readonly number[]): GraphValue {
  const count = elementCount(shape);
  // All of it is unsigned from the beginning: that tells a device which operators belong together on the processor.
  const words = cast(graph, seed, "uint32");
  const seedAt = (index: number) =>
    reshape(graph, slice(graph, words, { axes: [0], starts: [index], ends: [index + 1] }), []);
  const stride = graph.op("BitwiseOr", [seedAt(1), graph.constant(1, "uint32", [])]);
  const limits = [0, count, 1].map((value) => graph.constant(value, "int32", []));
  const counter = cast(graph, graph.op("Range", limits, { dtype: "int32", shape: [count] }), "uint32");
  const start = binary(graph, "Add", binary(graph, "Mul", counter, stride), seedAt(0));
  const first = mix(graph, start, 16, 0x21f0aaad);
  const second = mix(graph, first, 15, 0x735a2d97);
  const bits = shiftRight(graph, xorShift(graph, second, 15), 8);
  return reshape(graph, cast(graph, bits, "float32"), shape);
}

function mix(graph: GraphBuilder, value: GraphValue, shift: number, factor: number): GraphValue {
  return binary(graph, "Mul", xorShift(graph, value, shift), graph.constant(factor, "uint32", []));
}

function xorShift(graph: GraphBuilder, value: GraphValue, shift: number): GraphValue {
  return graph.op("BitwiseXor", [value, shiftRight(graph, value, shift)]);
}

function shiftRight(graph: GraphBuilder, value: GraphValue, shift: number): GraphValue {
  return graph.op("BitShift", [value, graph.constant(shift, "uint32", [])], { attrs: { direction: "RIGHT" } });
}
