import { engine, type NamedTensorMap, relu, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { openGraphRunner } from "../../devices/open-graph-runner.js";
import { startBackend } from "../../testing/start-backend.js";
import { TestRandom } from "./testing/random-array.js";

beforeAll(async () => {
  // As devices with memory of their own are: graphs do everything.
  const runner = openGraphRunner();
  const programs = new Set<string | symbol>(["startProgram", "startScatter", "startOnPieces"]);
  const plain = new Proxy(runner, {
    get: (target, name) => {
      const value: unknown = programs.has(name) ? undefined : Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  await startBackend({ runner: plain });
});

it("the gradient of a relu and a large pooling of 2 by 2 goes to the first of the largest", () => {
  const [width, planes] = [130, 64];
  const shape = [2, planes / 2, 66, width];
  const random = new TestRandom(3);
  const values = Float32Array.from({ length: planes * 66 * width }, () => random.integer(-2, 2));
  const slopes = Float32Array.from(random.array([2, planes / 2, 33, width / 2]).data);
  const found = tidy(() => {
    const x = relu(tensor(values, shape));
    const attrs = {
      kernelSize: [2, 2],
      stride: [2, 2],
      padding: [
        [0, 0],
        [0, 0],
      ],
      dilation: [1, 1],
    };
    const run = (kernel: string, inputs: NamedTensorMap) => engine().runKernel<Tensor>(kernel, inputs, attrs);
    const y = run("lit.MaxPool", { x });
    const dx = run("lit.MaxPoolGrad", { dy: tensor(slopes, y.shape), x, y });
    return engine().runKernel<Tensor>("lit.ReluGrad", { dy: dx, y: x }, {}).dataSync().slice();
  });
  const expected = new Float32Array(values.length);
  slopes.forEach((slope, window) => {
    const corner = Math.floor(window / (width / 2)) * 2 * width + (window % (width / 2)) * 2;
    const covered = [corner, corner + 1, corner + width, corner + width + 1].map((i) => Math.max(0, values[i] ?? 0));
    const largest = Math.max(...covered);
    const first = covered.indexOf(largest);
    if (largest > 0) expected[corner + (first % 2) + (first > 1 ? width : 0)] = slope;
  });
  // Products with 0 leave signs on zeros.
  expect(found.findIndex((value, i) => value + 0 !== expected[i])).toBe(-1);
});
