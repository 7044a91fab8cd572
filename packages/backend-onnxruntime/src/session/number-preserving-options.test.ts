import { afterAll, describe, expect, it } from "vitest";
import type { GraphBuffer } from "../contract/graph-buffer.js";
import type { GraphDtype } from "../contract/graph-dtype.js";
import type { GraphValueSpec } from "../contract/graph-runner.js";
import { tensorSizeBytes } from "../onnx-model/element-type.js";
import { encodeModel } from "../onnx-model/encode-model.js";
import type { ModelInitializer, ModelNode } from "../onnx-model/model-description.js";
import { openGraphRunner } from "../devices/open-graph-runner.js";
import { memoryOf } from "../testing/memory-of.js";

interface Pattern {
  readonly name: string;
  readonly nodes: readonly ModelNode[];
  /** Shapes of all values; element type float32 unless said. */
  readonly values: Readonly<
    Record<string, readonly number[] | { readonly dtype: GraphDtype; readonly shape: readonly number[] }>
  >;
  readonly inputs: readonly string[];
  readonly constants?: Readonly<Record<string, number | readonly number[]>>;
}

function op(type: string, inputs: string, output: string, attrs?: ModelNode["attrs"]): ModelNode {
  return { type, inputs: inputs.split(" "), outputs: [output], attrs };
}

/** Each tempts one of ONNX Runtime's fusions. */
const PATTERNS: readonly Pattern[] = [
  {
    name: "matrix product + bias + relu",
    nodes: [op("MatMul", "x w", "m"), op("Add", "m b", "a"), op("Relu", "a", "y")],
    inputs: ["x", "w", "b"],
    values: { x: [64, 784], w: [784, 256], b: [256], m: [64, 256], a: [64, 256], y: [64, 256] },
  },
  {
    name: "gemm + relu",
    nodes: [op("Gemm", "x w b", "a"), op("Relu", "a", "y")],
    inputs: ["x", "w", "b"],
    values: { x: [64, 784], w: [784, 256], b: [256], a: [64, 256], y: [64, 256] },
  },
  {
    name: "gemm + sum",
    nodes: [op("Gemm", "x w", "a"), op("Sum", "a z", "y")],
    inputs: ["x", "w", "z"],
    values: { x: [64, 784], w: [784, 256], z: [64, 256], a: [64, 256], y: [64, 256] },
  },
  {
    name: "matrix product of a transpose",
    nodes: [op("Transpose", "x", "t", { perm: [1, 0] }), op("MatMul", "t w", "y")],
    inputs: ["x", "w"],
    values: { x: [784, 1], w: [784, 256], t: [1, 784], y: [1, 256] },
  },
  {
    name: "gemm of a transpose",
    nodes: [op("Transpose", "x", "t", { perm: [1, 0] }), op("Gemm", "t w", "y")],
    inputs: ["x", "w"],
    values: { x: [784, 64], w: [784, 256], t: [64, 784], y: [64, 256] },
  },
  {
    name: "scaled matrix product",
    nodes: [op("MatMul", "x w", "m"), op("Mul", "m s", "y")],
    constants: { s: 0.3 },
    inputs: ["x", "w"],
    values: { x: [64, 784], w: [784, 256], m: [64, 256], y: [64, 256] },
  },
  {
    name: "convolution + scale + shift + relu",
    nodes: [op("Conv", "x w", "c"), op("Mul", "c s", "m"), op("Add", "m b", "a"), op("Relu", "a", "y")],
    inputs: ["x", "w", "s", "b"],
    values: {
      x: [4, 3, 16, 16],
      w: [8, 3, 3, 3],
      s: [8, 1, 1],
      b: [8, 1, 1],
      c: [4, 8, 14, 14],
      m: [4, 8, 14, 14],
      a: [4, 8, 14, 14],
      y: [4, 8, 14, 14],
    },
  },
  {
    name: "reciprocal times",
    nodes: [op("Div", "one x", "d"), op("Mul", "d z", "y")],
    constants: { one: 1 },
    inputs: ["x", "z"],
    values: { x: [1000], z: [1000], d: [1000], y: [1000] },
  },
  {
    name: "sum over a transpose",
    nodes: [op("Transpose", "x", "t", { perm: [0, 2, 3, 1] }), op("ReduceSum", "t axes", "y", { keepdims: 0 })],
    constants: { axes: [0, 1, 2] },
    inputs: ["x"],
    values: { x: [8, 16, 17, 17], t: [8, 17, 17, 16], y: [16] },
  },
  {
    name: "gelu",
    nodes: [
      op("Div", "x root", "d"),
      op("Erf", "d", "e"),
      op("Add", "e one", "a"),
      op("Mul", "x a", "m"),
      op("Mul", "m half", "y"),
    ],
    constants: { root: Math.SQRT2, one: 1, half: 0.5 },
    inputs: ["x"],
    values: { x: [64, 256], d: [64, 256], e: [64, 256], a: [64, 256], m: [64, 256], y: [64, 256] },
  },
  {
    name: "softmax of a shifted tensor",
    nodes: [op("Add", "x b", "a"), op("Softmax", "a", "y", { axis: -1 })],
    inputs: ["x", "b"],
    values: { x: [4, 8, 16, 16], b: [4, 1, 1, 16], a: [4, 8, 16, 16], y: [4, 8, 16, 16] },
  },
  {
    name: "swish",
    nodes: [op("Mul", "x k", "a"), op("Sigmoid", "a", "s"), op("Mul", "x s", "y")],
    constants: { k: 1.702 },
    inputs: ["x"],
    values: { x: [64, 256], a: [64, 256], s: [64, 256], y: [64, 256] },
  },
  {
    name: "equal subexpressions",
    nodes: [op("Exp", "x", "a"), op("Exp", "x", "b"), op("Sub", "a b", "y")],
    inputs: ["x"],
    values: { x: [100], a: [100], b: [100], y: [100] },
  },
  {
    name: "rounding to bfloat16",
    nodes: [op("Cast", "x", "h", { to: 16 }), op("Cast", "h", "r", { to: 1 }), op("Mul", "r r", "y")],
    inputs: ["x"],
    values: { x: [100], h: { dtype: "bfloat16", shape: [100] }, r: [100], y: [100] },
  },
  {
    name: "rounding to float16",
    nodes: [op("Cast", "x", "h", { to: 10 }), op("Cast", "h", "r", { to: 1 }), op("Mul", "r r", "y")],
    inputs: ["x"],
    values: { x: [100], h: { dtype: "float16", shape: [100] }, r: [100], y: [100] },
  },
  {
    name: "layer norm",
    nodes: [
      op("ReduceMean", "x axes", "mu"),
      op("Sub", "x mu", "d"),
      op("Mul", "d d", "p"),
      op("ReduceMean", "p axes", "va"),
      op("Add", "va eps", "ve"),
      op("Sqrt", "ve", "sd"),
      op("Div", "d sd", "n"),
      op("Mul", "n g", "s"),
      op("Add", "s b", "y"),
    ],
    constants: { axes: [-1], eps: 1e-5 },
    inputs: ["x", "g", "b"],
    values: {
      x: [64, 256],
      g: [256],
      b: [256],
      mu: [64, 1],
      d: [64, 256],
      p: [64, 256],
      va: [64, 1],
      ve: [64, 1],
      sd: [64, 1],
      n: [64, 256],
      s: [64, 256],
      y: [64, 256],
    },
  },
];

describe("what is read never changes what is computed", () => {
  const runner = openGraphRunner();
  afterAll(() => runner.close());

  for (const pattern of PATTERNS) {
    it(`${pattern.name}: reading everything in between leaves every bit of the result`, () => {
      const between = pattern.nodes.flatMap((node) => node.outputs).filter((name) => name !== "y");
      const alone = result(pattern, ["y"]);
      expect(alone.equals(result(pattern, ["y", ...between]))).toBe(true);
      for (const name of between) expect(alone.equals(result(pattern, ["y", name]))).toBe(true);
    });
  }

  function result(pattern: Pattern, outputNames: readonly string[]): Buffer {
    const inputs = pattern.inputs.map((name) => spec(pattern, name));
    const outputs = outputNames.map((name) => spec(pattern, name));
    const graph = runner.compile({
      model: encodeModel({ nodes: pattern.nodes, initializers: constants(pattern), inputs, outputs }),
      inputs,
      outputs,
    });
    const results = outputs.map(({ dtype, shape }) => runner.allocate(tensorSizeBytes(dtype, shape)));
    runner.join(
      runner.start(
        graph,
        inputs.map((input, seed) => filled(input, seed)),
        results,
      ),
    );
    runner.release(graph);
    const y = results[0] ?? runner.allocate(0);
    return Buffer.from(memoryOf(y).slice(0, y.sizeBytes));
  }

  function filled(input: GraphValueSpec, seed: number): GraphBuffer {
    const count = tensorSizeBytes("uint8", input.shape);
    const buffer = runner.allocate(count * 4);
    new Float32Array(memoryOf(buffer), 0, count).set(
      Float32Array.from({ length: count }, (_, index) => Math.sin((index + 1) * (12.9898 + seed)) * 1.7),
    );
    return buffer;
  }
});

function spec(pattern: Pattern, name: string): GraphValueSpec {
  const entry = pattern.values[name] ?? [];
  return "dtype" in entry ? { name, ...entry } : { name, dtype: "float32", shape: entry };
}

/** Scalars are float32, lists int64. */
function constants(pattern: Pattern): ModelInitializer[] {
  return Object.entries(pattern.constants ?? {}).map(([name, value]) =>
    typeof value === "number"
      ? { name, dtype: "float32", shape: [], data: new Uint8Array(Float32Array.of(value).buffer) }
      : { name, dtype: "int64", shape: [value.length], data: new Uint8Array(BigInt64Array.from(value, BigInt).buffer) },
  );
}
