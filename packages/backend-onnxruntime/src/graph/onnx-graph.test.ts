import { describe, expect, it } from "vitest";
import type { GraphValue } from "../contract/graph-builder.js";
import { toChannelsFirst, toChannelsLast } from "../lowering/channels.js";
import { NumberPack } from "./number-pack.js";
import { OnnxGraph } from "./onnx-graph.js";

function typesOf(graph: OnnxGraph, ...results: GraphValue[]): string[] {
  return graph.finish(results).nodes.map(({ type }) => type);
}

describe("OnnxGraph", () => {
  it("shares equal nodes and equal constants, and tells zeros of both signs apart", () => {
    const graph = new OnnxGraph();
    const x = graph.input("float32", [2]);
    expect(graph.op("Relu", [x])).toBe(graph.op("Relu", [x]));
    expect(graph.constant([1, 2], "int64")).toBe(graph.constant([1, 2], "int64"));
    expect(graph.constant(0, "float32")).not.toBe(graph.constant(-0, "float32"));
  });

  it("leaves out what no output needs", () => {
    const graph = new OnnxGraph();
    const x = graph.input("float32", [2]);
    graph.op("Exp", [x]);
    expect(typesOf(graph, graph.op("Relu", [x]))).toEqual(["Relu"]);
  });

  it("gives an output that is an input, or that is asked for twice, a value of its own", () => {
    const graph = new OnnxGraph();
    const x = graph.input("float32", [2]);
    const y = graph.op("Relu", [x]);
    const { outputs, nodes } = graph.finish([x, y, y]);
    expect(new Set(outputs.map(({ name }) => name)).size).toBe(3);
    expect(nodes.map(({ type }) => type)).toEqual(["Relu", "Identity", "Identity"]);
  });

  it("repeats a step that reads what is around it, keeps that, and gives its values names of their own", () => {
    const graph = new OnnxGraph();
    const [x, start] = [graph.input("float32", [5, 2]), graph.input("float32", [2])];
    const factor = graph.op("Exp", [start]);
    const { states, outputs } = graph.scan({
      states: [start],
      inputs: [x],
      isReversed: true,
      step: (step, [state = start], [entry = x]) => {
        const next = step.op("Mul", [step.op("Add", [state, entry]), factor]);
        return { states: [next], outputs: [next, step.op("Add", [entry, step.constant(1, "float32")])] };
      },
    });
    expect(states.map(({ shape }) => shape)).toEqual([[2]]);
    expect(outputs.map(({ shape }) => shape)).toEqual([
      [5, 2],
      [5, 2],
    ]);
    const { nodes } = graph.finish(outputs);
    expect(nodes.map(({ type }) => type)).toEqual(["Exp", "Scan"]);
    const scan = nodes[1];
    expect(scan?.captures).toEqual([factor.name]);
    expect(scan?.attrs).toMatchObject({
      num_scan_inputs: 1,
      scan_input_directions: [1],
      scan_output_directions: [1, 1],
    });
    const inside = JSON.stringify(scan?.attrs?.["body"]);
    expect(inside).toContain('"type":"Identity"');
    for (const { name } of [x, start, ...outputs]) expect(inside).not.toContain(`"${name}"`);
  });

  it("cancels a transpose and its inverse", () => {
    const graph = new OnnxGraph();
    const x = graph.input("float32", [2, 3, 4, 5]);
    expect(toChannelsLast(graph, toChannelsFirst(graph, x))).toBe(x);
  });

  it("makes a transpose that only moves ones a reshape, and joins reshapes", () => {
    const graph = new OnnxGraph();
    const x = graph.input("float32", [2, 1, 3]);
    const moved = graph.op("Transpose", [x], { shape: [1, 2, 3], attrs: { perm: [1, 0, 2] } });
    const flat = graph.op("Reshape", [moved, graph.constant([6], "int64")], { shape: [6] });
    expect(typesOf(graph, graph.op("Exp", [flat]), flat)).toEqual(["Reshape", "Exp"]);
  });

  it("leaves no transpose between two convolutions with a bias and an activation in between", () => {
    const graph = new OnnxGraph();
    const image = graph.op("Conv", [graph.input("float32", [1, 8, 5, 5])]);
    const bias = graph.input("float32", [8]);
    const sum = graph.op("Add", [toChannelsLast(graph, image), bias]);
    const active = graph.op("Relu", [graph.op("Mul", [sum, graph.constant(2, "float32")])]);
    const next = graph.op("Conv", [toChannelsFirst(graph, active)]);
    expect(typesOf(graph, next)).toEqual(["Conv", "Reshape", "Add", "Mul", "Relu", "Conv"]);
  });

  it("keeps a transpose where one operand was not transposed", () => {
    const graph = new OnnxGraph();
    const a = toChannelsLast(graph, graph.input("float32", [1, 8, 5, 5]));
    const sum = graph.op("Add", [a, graph.input("float32", [1, 5, 5, 8])]);
    expect(typesOf(graph, sum)).toEqual(["Transpose", "Add"]);
  });

  it("splits packed numbers once, and lets arithmetic read the parts without a node between", () => {
    const graph = new OnnxGraph();
    const x = graph.input("float32", [4]);
    const pack = new NumberPack(graph, graph.input("float32", [3]));
    const sum = graph.op("Add", [graph.op("Mul", [x, pack.pick(0)]), pack.pick(1)]);
    expect(typesOf(graph, sum)).toEqual(["Split", "Mul", "Add"]);
    const scalar = graph.op("Mul", [pack.pick(2), pack.pick(2)], { shape: [] });
    expect(scalar.shape).toEqual([]);
    expect(typesOf(graph, scalar)).toEqual(["Split", "Reshape", "Mul"]);
    expect(() => pack.pick(3)).toThrow(/no number 3 among the 3/);
  });

  it("takes a single packed number as it is", () => {
    const graph = new OnnxGraph();
    const pack = new NumberPack(graph, graph.input("int32", [1]));
    const sum = graph.op("Add", [graph.input("int32", [2]), pack.pick(0)]);
    expect(typesOf(graph, sum)).toEqual(["Add"]);
  });
});
