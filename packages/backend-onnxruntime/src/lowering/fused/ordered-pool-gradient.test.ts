import { afterAll, describe, expect, it } from "vitest";
import type { GraphTarget } from "../../contract/graph-builder.js";
import type { GraphRunner } from "../../contract/graph-runner.js";
import { openGraphRunner } from "../../devices/open-graph-runner.js";
import { WEBGPU_TARGET } from "../../devices/webgpu/webgpu-target.js";
import { OnnxGraph } from "../../graph/onnx-graph.js";
import { elementCount } from "../../graph/value-spec.js";
import { encodeModel } from "../../onnx-model/encode-model.js";
import { useSoftwareGpu } from "../../testing/software-gpu.js";
import { maxPool } from "./max-pool.js";
import { maxPoolGrad } from "./max-pool-grad.js";
import { padded, windowOf, type Window } from "./testing/window-of.js";

const processor = openGraphRunner();
const gpu = useSoftwareGpu() ? openGraphRunner({ device: "webgpu" }) : undefined;
afterAll(() => Promise.all([processor.close(), gpu?.close()]));

interface PoolCase extends Window {
  readonly shape: readonly number[];
}

const CASES: readonly PoolCase[] = [
  { shape: [2, 3, 9, 8], ...windowOf([3, 3], { stride: [2, 2], padding: padded([1, 1]) }) },
  { shape: [1, 2, 7, 7], ...windowOf([3, 2], { stride: [1, 1], padding: padded([0, 1], [1, 0]), dilation: [2, 1] }) },
  { shape: [2, 1, 10, 11], ...windowOf([2, 2], { stride: [3, 4] }) },
  { shape: [3, 2, 12], ...windowOf([5], { stride: [2], padding: padded([2]) }) },
  {
    shape: [1, 1, 5, 4, 6],
    ...windowOf([2, 3, 3], { stride: [2, 1, 2], padding: padded([1, 1, 0], [0, 1, 1]), dilation: [1, 1, 2] }),
  },
];

/** Small whole numbers, so that there are ties, and sums are exact in any order. */
function numbers(count: number, seed: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => (((i * 7919 + seed * 104_729) % 97) % 5) - 2);
}

function gradientOf({ shape, ...attrs }: PoolCase, runner: GraphRunner, target?: GraphTarget): number[] {
  const graph = new OnnxGraph(() => 0, { target });
  const x = graph.input("float32", shape);
  const [y] = maxPool.lower(graph, [x], attrs, []);
  if (y === undefined) return [];
  const dy = graph.input("float32", y.shape);
  const { nodes, initializers, inputs, outputs, onProcessor } = graph.finish(
    maxPoolGrad.lower(graph, [dy, x, y], attrs, []),
  );
  const model = encodeModel({ nodes, initializers, inputs, outputs });
  const compiled = runner.compile({ model, inputs, outputs, onProcessor });
  const given = inputs.map((input, place) => {
    const buffer = runner.allocate(elementCount(input.shape) * 4);
    runner.upload(buffer, "float32", numbers(elementCount(input.shape), place + 1));
    return buffer;
  });
  const count = elementCount(shape);
  const received = runner.allocate(count * 4);
  runner.join(runner.start(compiled, given, [received]));
  const values = [...runner.download(received, "float32", count)];
  runner.release(compiled);
  return values;
}

describe.each(CASES)("the gradient of max pooling over $shape by $kernelSize, step $stride", (given) => {
  it("is that of scattered updates, without scattering", () => {
    const expected = gradientOf(given, processor);
    expect(expected.some((value) => value !== 0)).toBe(true);
    expect(gradientOf(given, processor, WEBGPU_TARGET)).toEqual(expected);
  });

  it.skipIf(gpu === undefined)("is the same on WebGPU", () => {
    expect(gpu && gradientOf(given, gpu, WEBGPU_TARGET)).toEqual(gradientOf(given, processor));
  });
});
