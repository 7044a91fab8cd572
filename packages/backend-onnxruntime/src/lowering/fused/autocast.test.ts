import {
  backend,
  engine,
  type NamedAttrMap,
  type NamedTensorMap,
  tensor,
  type Tensor,
  tidy,
} from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { OnnxRuntimeBackend } from "../../backend/onnxruntime-backend.js";
import { convolve, convolveInputGrad, convolveWeightGrad } from "./testing/convolution.js";
import { expectClose } from "./testing/expect-close.js";
import { NdArray } from "./testing/nd-array.js";
import { TestRandom } from "./testing/random-array.js";
import { useEngine } from "./testing/run-fused.js";
import { padded } from "./testing/window-of.js";

beforeAll(useEngine);

type Half = "float16" | "bfloat16";

/**
 * Rounds to the nearest number with this many bits after the leading one, ties to even. Exponents of normal numbers
 * only.
 */
function rounded(value: number, dtype: Half): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const unit = 2 ** (Math.floor(Math.log2(Math.abs(value))) - (dtype === "float16" ? 10 : 7));
  const scaled = value / unit;
  const nearest = Math.round(scaled);
  const even = Math.abs(scaled % 1) === 0.5 ? 2 * Math.round(scaled / 2) : nearest;
  return even * unit;
}

function roundedArray(array: NdArray, dtype: Half): NdArray {
  return new NdArray(
    array.shape,
    array.data.map((value) => rounded(value, dtype)),
  );
}

function runIn(dtype: Half, kernel: string, inputs: Record<string, NdArray>, attrs: NamedAttrMap): NdArray {
  const current = backend();
  if (!(current instanceof OnnxRuntimeBackend)) throw new Error("another backend is current");
  const result = tidy(() => {
    const tensors: NamedTensorMap = {};
    for (const [name, array] of Object.entries(inputs))
      tensors[name] = tensor(Float32Array.from(array.data), [...array.shape], "float32");
    const outputs = current.autocast(dtype, () => engine().runKernel<Tensor | Tensor[]>(kernel, tensors, attrs));
    const output = Array.isArray(outputs) ? outputs[0] : outputs;
    if (output === undefined) throw new Error("a kernel has a result");
    expect(output.dtype).toBe("float32");
    return { shape: output.shape, values: output.dataSync() };
  });
  return new NdArray(result.shape, result.values);
}

/** One unit in the last place: the sum's own rounding error may push it over the middle between two neighbours. */
const STEP = { float16: 2 ** -10, bfloat16: 2 ** -7 } as const;

describe.each<Half>(["float16", "bfloat16"])("autocast to %s", (dtype) => {
  it("rounds operands and result of a matrix product and sums in float32", () => {
    const random = new TestRandom(4);
    const [a, b] = [random.array([5, 33]), random.array([33, 4])];
    const [left, right] = [roundedArray(a, dtype), roundedArray(b, dtype)];
    const expected = new NdArray([5, 4]);
    for (const [row = 0, column = 0] of expected.indices())
      for (let k = 0; k < 33; k += 1) expected.add([row, column], left.get([row, k]) * right.get([k, column]));
    const received = runIn(dtype, "lit.MatMul", { a, b }, { transposeA: false, transposeB: false, alpha: 1 });
    expectClose(received, roundedArray(expected, dtype), STEP[dtype]);
    expect([...received.data]).toEqual([...roundedArray(received, dtype).data]);
  });

  it("rounds convolutions and their gradients too", () => {
    const random = new TestRandom(5);
    const conv = { stride: [1, 1], padding: padded([1, 1]), dilation: [1, 1], groups: 1 };
    const [x, weight, dy] = [random.array([2, 3, 5, 5]), random.array([4, 3, 3, 3]), random.array([2, 4, 5, 5])];
    const [xr, wr, dyr] = [x, weight, dy].map((array) => roundedArray(array, dtype));
    if (xr === undefined || wr === undefined || dyr === undefined) return;
    expectClose(
      runIn(dtype, "lit.Conv", { x, weight }, conv),
      roundedArray(convolve(xr, wr, conv), dtype),
      STEP[dtype],
    );
    expectClose(
      runIn(dtype, "lit.ConvInputGrad", { dy, weight }, { ...conv, inputShape: [...x.shape] }),
      roundedArray(convolveInputGrad(dyr, wr, x.shape, conv), dtype),
      STEP[dtype],
    );
    expectClose(
      runIn(dtype, "lit.ConvWeightGrad", { x, dy }, { ...conv, weightShape: [...weight.shape] }),
      roundedArray(convolveWeightGrad(xr, dyr, weight.shape, conv), dtype),
      STEP[dtype],
    );
  });

  it("leaves other kernels alone", () => {
    const x = new TestRandom(6).array([3, 7]);
    const received = runIn(dtype, "lit.LayerNorm", { x: x }, { dims: 1, eps: 1e-5 });
    expect([...received.data]).not.toEqual([...roundedArray(received, dtype).data]);
  });
});

it("overflows to Infinity in float16, which a loss scaler looks for, and not in bfloat16", () => {
  const [a, b] = [new NdArray([1, 2], [300, 300]), new NdArray([2, 1], [300, 300])];
  const attrs = { transposeA: false, transposeB: false, alpha: 1 };
  expect(runIn("float16", "lit.MatMul", { a, b }, attrs).data[0]).toBe(Number.POSITIVE_INFINITY);
  expect(runIn("bfloat16", "lit.MatMul", { a, b }, attrs).data[0]).toBe(180_224);
});
