import { describe, expect, it } from "vitest";
import type { GraphBuilder, GraphTarget, GraphValue } from "../contract/graph-builder.js";
import { WEBGPU_TARGET } from "../devices/webgpu/webgpu-target.js";
import type { FusedKernelName } from "../contract/fused-kernels.js";
import { conv } from "../lowering/fused/conv.js";
import { convInputGrad } from "../lowering/fused/conv-input-grad.js";
import { convWeightGrad } from "../lowering/fused/conv-weight-grad.js";
import type { FusedLowering } from "../lowering/fused/fused-lowering.js";
import { linear } from "../lowering/fused/linear.js";
import { linearWeightGrad } from "../lowering/fused/linear-weight-grad.js";
import { selfAttention } from "../lowering/fused/self-attention.js";
import type { StructuralAttributes } from "../contract/lazy-kernel.js";
import { roundToCompute } from "../lowering/fused/autocast.js";
import { matrixProduct } from "../lowering/fused/matrix-product.js";
import { slice, transpose } from "../lowering/fused/emit.js";
import { OnnxGraph } from "./onnx-graph.js";

type Dtype = GraphBuilder["computeDtype"];

/** The operators of a graph in their order, those of halves with the type. */
function typesOf(graph: OnnxGraph, ...results: readonly GraphValue[]): string[] {
  const { nodes, inputs } = graph.finish(results);
  const halves = new Set<string>();
  for (const { type, inputs: reads, outputs, attrs } of nodes) {
    const isHalf =
      type === "Cast" ? attrs?.["to"] === 10 || attrs?.["to"] === 16 : reads.some((name) => halves.has(name));
    if (isHalf) for (const name of outputs) halves.add(name);
  }
  expect(inputs.some(({ name }) => halves.has(name))).toBe(false);
  return nodes.map(({ type, outputs }) => (halves.has(outputs[0] ?? "") ? `${type} in halves` : type));
}

function graphIn(computeDtype: Dtype, target: GraphTarget | undefined = WEBGPU_TARGET): OnnxGraph {
  const graph = new OnnxGraph(() => 0, { target });
  graph.computeDtype = computeDtype;
  return graph;
}

function inputs(graph: OnnxGraph): [GraphValue, GraphValue, GraphValue] {
  return [graph.input("float32", [4, 4]), graph.input("float32", [4, 4]), graph.input("float32", [4])];
}

describe("products under autocast", () => {
  it("compute in halves where the device does, and their results are rounded once", () => {
    const graph = graphIn("float16");
    const [a, b] = inputs(graph);
    const types = typesOf(graph, matrixProduct(graph, a, b));
    expect(types).toEqual(["Cast in halves", "Cast in halves", "Gemm in halves", "Cast"]);
  });

  it("find the halves behind what only moves numbers", () => {
    const graph = graphIn("float16");
    const [a, b] = inputs(graph);
    const part = slice(graph, roundToCompute(graph, a), { axes: [0], starts: [0], ends: [2] });
    const turned = transpose(graph, roundToCompute(graph, b), [1, 0]);
    const product = graph.op("MatMul", [part, turned], { shape: [2, 4] });
    const types = typesOf(graph, product);
    expect(types).toContain("MatMul in halves");
    expect(types.filter((type) => type === "Cast")).toHaveLength(1);
  });

  it("take a bias that was rounded along, and add another one in float32", () => {
    const graph = graphIn("float16");
    const [a, b, c] = inputs(graph);
    const operands = [roundToCompute(graph, a), roundToCompute(graph, b)] as const;
    const along = graph.op("Gemm", [...operands, roundToCompute(graph, c)], { shape: [4, 4] });
    const behind = graph.op("Gemm", [...operands, c], { shape: [4, 4] });
    const types = typesOf(graph, along, behind);
    expect(types.filter((type) => type === "Gemm in halves")).toHaveLength(2);
    expect(types.at(-1)).toBe("Add");
  });

  it("find them behind 50 000 moves, and behind values that are joined to themselves again and again", () => {
    const graph = graphIn("float16");
    const [a, b] = inputs(graph);
    let moved = roundToCompute(graph, a);
    for (let place = 0; place < 25_000; place++) {
      const joined = graph.op("Concat", [moved, moved], { shape: [8, 4], attrs: { axis: 0 } });
      moved = slice(graph, joined, { axes: [0], starts: [place % 4], ends: [(place % 4) + 4] });
    }
    const product = matrixProduct(graph, moved, b);
    expect(typesOf(graph, product).filter((type) => type === "Gemm in halves")).toHaveLength(1);
  });

  const windows = {
    stride: [1, 1],
    padding: [
      [1, 1],
      [1, 1],
    ],
    dilation: [1, 1],
    groups: 1,
  };
  const [image, kernel, row] = [
    [2, 4, 6, 6],
    [8, 4, 3, 3],
    [5, 4],
  ];
  it.each<[string, FusedLowering<FusedKernelName>, readonly (readonly number[])[], StructuralAttributes]>([
    ["a linear layer", linear, [row, [3, 4], [3]], { activation: "relu" }],
    ["the gradient of its weight", linearWeightGrad, [row, [5, 3]], {}],
    ["a convolution", conv, [image, kernel, [8]], windows],
    ["the gradient of its input", convInputGrad, [[2, 8, 6, 6], kernel], { ...windows, inputShape: image }],
    ["the gradient of its weight", convWeightGrad, [image, [2, 8, 6, 6]], { ...windows, weightShape: kernel }],
    ["self-attention", selfAttention, [[2, 6, 24]], { heads: 2, isCausal: true, scale: 0.5 }],
  ])("are those of %s", (_name, kernelOf, shapes, attrs) => {
    const graph = graphIn("float16");
    const values = shapes.map((shape) => graph.input("float32", shape));
    const types = typesOf(graph, ...kernelOf.lower(graph, values, attrs, []));
    const products = types.filter((type) => /^(MatMul|Gemm|Conv|FusedMatMul)/.test(type));
    expect(products.length).toBeGreaterThan(0);
    expect(products.filter((type) => !type.endsWith("in halves"))).toEqual([]);
  });

  it.each<[string, Dtype, GraphTarget | undefined]>([
    ["on the processor", "float16", undefined],
    ["in a type that the device lacks", "bfloat16", WEBGPU_TARGET],
    ["in float32", "float32", WEBGPU_TARGET],
  ])("stay in float32 %s", (_name, dtype, target) => {
    const graph = graphIn(dtype, target);
    const [a, b] = inputs(graph);
    expect(typesOf(graph, matrixProduct(graph, a, b)).filter((type) => type.startsWith("MatMul in"))).toEqual([]);
  });

  it("stay in float32 where an operand was not rounded, and where autocast is over", () => {
    const graph = graphIn("float16");
    const [a, b] = inputs(graph);
    const rounded = matrixProduct(graph, a, b);
    graph.computeDtype = "float32";
    const later = graph.op("MatMul", [rounded, rounded], { shape: [4, 4] });
    graph.computeDtype = "float16";
    const mixed = graph.op("MatMul", [a, rounded], { shape: [4, 4] });
    const both = graph.op("MatMul", [rounded, rounded], { shape: [4, 4] });
    expect(later).not.toBe(both);
    expect(typesOf(graph, later, mixed).filter((type) => type === "MatMul")).toHaveLength(2);
  });
});
