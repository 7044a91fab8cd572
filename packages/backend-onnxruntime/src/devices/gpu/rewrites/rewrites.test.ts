import { afterAll, expect, it } from "vitest";
import type { GraphBuilder, GraphTarget, GraphValue } from "../../../contract/graph-builder.js";
import { OnnxGraph } from "../../../graph/onnx-graph.js";
import { elementCount } from "../../../graph/value-spec.js";
import { concat, emitAll, range, reshape, split } from "../../../lowering/fused/emit.js";
import { packedUpdate } from "../../../lowering/fused/packed-update.js";
import { encodeModel } from "../../../onnx-model/encode-model.js";
import { add, multiply } from "../../../programs/formula.js";
import { openGraphRunner } from "../../open-graph-runner.js";
import { WEBGPU_TARGET } from "../../webgpu/webgpu-target.js";

const runner = openGraphRunner();
afterAll(() => runner.close());

type Emit = (graph: GraphBuilder, inputs: readonly GraphValue[]) => readonly GraphValue[];

/** The numbers that a graph gives on the processor, made for a device or not, and the types of its nodes. */
function run(emit: Emit, shapes: readonly (readonly number[])[], target?: GraphTarget) {
  const graph = new OnnxGraph(() => 0, { target });
  const results = emit(
    graph,
    shapes.map((shape) => graph.input("float32", shape)),
  );
  const { nodes, initializers, inputs, outputs } = graph.finish(results);
  const compiled = runner.compile({ model: encodeModel({ nodes, initializers, inputs, outputs }), inputs, outputs });
  const given = shapes.map((shape, place) => {
    const buffer = runner.allocate(elementCount(shape) * 4);
    const values = Float32Array.from({ length: elementCount(shape) }, (_, i) => Math.sin(i * 1.7 + place) * 3);
    runner.upload(buffer, "float32", values);
    return buffer;
  });
  const received = results.map(({ shape }) => runner.allocate(elementCount(shape) * 4));
  runner.join(runner.start(compiled, given, received));
  const numbers = results.flatMap(({ shape, dtype }, place) => {
    const buffer = received[place];
    if (buffer === undefined) return [];
    return [...runner.download(buffer, dtype === "bool" ? "bool" : "float32", elementCount(shape))];
  });
  runner.release(compiled);
  return { numbers, types: nodes.map(({ type }) => type) };
}

function fused(a: GraphValue, b: GraphValue, shape: readonly number[], attrs: Record<string, number>): Emit {
  return (graph) => [
    graph.op("FusedMatMul", [a, b], {
      domain: "com.microsoft",
      shape,
      attrs: { transA: 0, transB: 0, alpha: { float: 0.5 }, ...attrs },
    }),
  ];
}

const compare = (graph: GraphBuilder, [a, b]: readonly GraphValue[]) =>
  [a, b].flatMap((value) =>
    value === undefined ? [] : [graph.op("Greater", [value, graph.constant(0, "float32")], { dtype: "bool" })],
  );

const CASES: readonly (readonly [name: string, shapes: readonly (readonly number[])[], emit: Emit])[] = [
  [
    "a product of matrices",
    [
      [4, 3],
      [5, 4],
    ],
    (g, [a, b]) => (a && b ? fused(a, b, [3, 5], { transA: 1, transB: 1 })(g, []) : []),
  ],
  [
    "a product of batches",
    [
      [2, 4, 3],
      [2, 4, 5],
    ],
    (g, [a, b]) => (a && b ? fused(a, b, [2, 3, 5], { transA: 1 })(g, []) : []),
  ],
  ["a logarithm of a softmax", [[5, 7]], (g, [x]) => [g.op("LogSoftmax", [x], { attrs: { axis: 1 } })]],
  [
    "a normalization of a matrix with known statistics",
    [[5, 4], [4], [4], [4], [4]],
    (g, [x, weight, bias, mean, deviation]) =>
      deviation === undefined
        ? []
        : [
            g.op("BatchNormalization", [x, weight, bias, mean, g.op("Abs", [deviation])], {
              attrs: { epsilon: { float: 0.1 } },
            }),
          ],
  ],
  [
    "or, and, xor",
    [
      [3, 4],
      [3, 4],
    ],
    (g, values) => ["Or", "And", "Xor"].map((type) => g.op(type, compare(g, values))),
  ],
  [
    "a split into many equal parts",
    [[60]],
    (g, [x]) =>
      emitAll(g, {
        type: "Split",
        inputs: [x],
        attrs: { axis: 0, num_outputs: 60 },
        outputs: range(0, 60).map(() => ({ dtype: "float32" as const, shape: [1] })),
      }),
  ],
  ["a split into many unequal parts", [[210, 2]], (g, [x]) => (x ? split(g, x, range(1, 21)) : [])],
  ["many parts side by side", range(0, 50).map((i) => [2, i + 1]), (g, parts) => [concat(g, parts, 1)]],
  // The logarithm of 343 to the base of 7 is a little more than 3 in float64.
  ["a split into a power of the most parts", [[343 * 343]], (g, [x]) => (x ? split(g, x, range(172, 515)) : [])],
  [
    "a power of the most parts side by side",
    range(0, 343).map((i) => [(i % 3) + 1]),
    (g, parts) => [concat(g, parts, 0)],
  ],
  ["the largest of many", range(0, 9).map(() => [4]), (g, values) => [g.op("Max", values)]],
  [
    "a repetition",
    [[3], [6, 3]],
    (g, [state, entries]) => {
      if (state === undefined || entries === undefined) return [];
      const { states, outputs } = g.scan({
        states: [state],
        inputs: [entries],
        isReversed: true,
        step: (inner, [before], [entry]) => {
          const next = inner.op("Add", [before, entry]);
          return { states: [next], outputs: [inner.op("Mul", [next, next])] };
        },
      });
      return [...states, ...outputs];
    },
  ],
  [
    "an update of many parameters",
    [...range(0, 9).map((i) => [i + 1, 2]), ...range(0, 9).map((i) => [i + 1, 2])],
    (g, inputs) => {
      const [p, q] = [0, 1].map((index) => ({ kind: "array", index }) as const);
      if (p === undefined || q === undefined) return [];
      const formula = { key: "test", arrayCount: 2, numberCount: 0, results: [add(p, multiply(q, q)), multiply(p, q)] };
      return packedUpdate(g, formula, inputs, []);
    },
  ],
];

it.each(CASES)("WebGPU's form of %s gives the same numbers", (_name, shapes, emit) => {
  const expected = run(emit, shapes);
  const received = run(emit, shapes, WEBGPU_TARGET);
  expect(received.numbers.length).toBe(expected.numbers.length);
  received.numbers.forEach((number, i) => expect(number).toBeCloseTo(expected.numbers[i] ?? Number.NaN, 5));
  for (const type of ["FusedMatMul", "LogSoftmax", "Or", "And", "Xor", "Scan"])
    expect(received.types).not.toContain(type);
});

it("reshapes at the ends of a graph are taken out on a device", () => {
  const emit: Emit = (graph, [x]) =>
    x === undefined ? [] : [reshape(graph, graph.op("Tanh", [reshape(graph, x, [6])]), [3, 2])];
  expect(run(emit, [[2, 3]], WEBGPU_TARGET)).toEqual({ ...run(emit, [[2, 3]]), types: ["Tanh"] });
});
