import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import type { GraphRunner } from "../../contract/graph-runner.js";
import { BACKEND_NAME } from "../../register-onnxruntime.js";
import { JavaScriptRunner } from "../../devices/javascript/javascript-runner.js";
import { openGraphRunner } from "../../devices/open-graph-runner.js";
import { startBackend, threadsUnderTest } from "../../testing/start-backend.js";
import { TestRandom } from "./testing/random-array.js";

const COMMON = { lr: 0.1, weightDecay: 0.1, maximize: true, eps: 1e-8, beta1: 0.9, beta2: 0.99 };
const UPDATES: readonly (readonly [kernel: string, lists: string, attrs: tf.NamedAttrMap])[] = [
  ["lit.RmspropUpdate", "pgvba", { ...COMMON, alpha: 0.9, momentum: 0.5, centered: true }],
  ["lit.RmspropUpdate", "pgv", { ...COMMON, alpha: 0.9, momentum: 0, centered: false, weightDecay: 0 }],
  ["lit.AdagradUpdate", "pgs", { ...COMMON, rate: 0.05 }],
  ["lit.AdadeltaUpdate", "pgvd", { ...COMMON, rho: 0.9 }],
  [
    "lit.NadamUpdate",
    "pgmv",
    { ...COMMON, decoupledWeightDecay: true, biasCorrection2: 0.3, gradientRate: 0.02, meanRate: 0.05 },
  ],
  ["lit.RadamUpdate", "pgmv", { ...COMMON, decoupledWeightDecay: false, isRectified: true, rate: 0.1 }],
  ["lit.RadamUpdate", "pgmv", { ...COMMON, decoupledWeightDecay: true, isRectified: false, rate: 0.1 }],
  ["lit.AdamaxUpdate", "pgmu", { ...COMMON, rate: 0.1 }],
  ["lit.AsgdUpdate", "pga", { ...COMMON, eta: 0.1, lambd: 0.01, mu: 0.2 }],
  ["lit.AsgdUpdate", "pg", { ...COMMON, eta: 0.1, lambd: 0.01, mu: 1 }],
  ["lit.RpropUpdate", "pgrs", { etaMinus: 0.5, etaPlus: 1.2, stepSizeMin: 1e-6, stepSizeMax: 1, maximize: true }],
];

const SHAPES = [[5, 7], [], [3], [0]];
const SPECIAL = [0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e30, 1e-40];

/** Results of every update, bit by bit; the first tensor's lists have every pair of special values in them. */
async function updateAll(runner: GraphRunner): Promise<number[][]> {
  await startBackend({ runner });
  const results = UPDATES.map(([kernel, lists, attrs]) => {
    const random = new TestRandom(5);
    const inputs: tf.NamedTensorMap = {};
    for (const [list, name] of [...lists].entries()) {
      for (const [i, shape] of SHAPES.entries()) {
        const values = Float32Array.from(random.array(shape).data);
        for (let at = 0; i === 0 && at < 28; at += 1)
          values[at] = SPECIAL[(list === 0 ? at : Math.floor(at / 4) + list * at) % SPECIAL.length] ?? 0;
        inputs[`${name}${i}`] = tf.tensor(values, shape);
      }
    }
    const outputs = tf.engine().runKernel<tf.Tensor[]>(kernel, inputs, { ...attrs, count: SHAPES.length });
    return outputs.flatMap((tensor) => [...new Uint32Array(tensor.dataSync().slice().buffer)].map(withoutPayload));
  });
  tf.removeBackend(BACKEND_NAME);
  await runner.close();
  return results;
}

/** One bit pattern for every NaN. */
function withoutPayload(bits: number): number {
  return (bits & 0x7fffffff) > 0x7f800000 ? 0x7fc00000 : bits;
}

const tensorOf = ({ data, shape }: ReturnType<TestRandom["array"]>): tf.Tensor =>
  tf.tensor(Float32Array.from(data), [...shape]);

/** Updates by the mean of two or three lists of gradients: taken by the update, or read before. */
async function updateByMeans(
  runner: GraphRunner,
  isRead: boolean,
): Promise<{ readonly bits: number[][]; runs: number }> {
  const backend = await startBackend({ runner });
  const before = backend.statistics().runs;
  const bits = [2, 3].flatMap((lists) =>
    UPDATES.map(([kernel, names, attrs]) => {
      const random = new TestRandom(7);
      const inputs: tf.NamedTensorMap = {};
      const gradients: tf.NamedTensorMap = {};
      const count = SHAPES.length;
      for (const [i, shape] of SHAPES.entries()) {
        for (const name of names) if (name !== "g") inputs[`${name}${i}`] = tf.abs(tensorOf(random.array(shape)));
        for (let list = 0; list < lists; list += 1) gradients[`x${list}_${i}`] = tensorOf(random.array(shape));
      }
      const means = tf.engine().runKernel<tf.Tensor[]>("lit.MeanOfLists", gradients, { lists, count });
      if (isRead) for (const mean of means) mean.dataSync();
      // Another order than that of the means, and only some of them.
      const chosen = [2, 0, 1];
      const call: tf.NamedTensorMap = {};
      for (const [at, i] of chosen.entries())
        for (const name of names)
          call[`${name}${at}`] = (name === "g" ? means[i] : inputs[`${name}${i}`]) ?? tf.scalar(0);
      const outputs = tf.engine().runKernel<tf.Tensor[]>(kernel, call, { ...attrs, count: chosen.length });
      return outputs.flatMap((tensor) => [...new Uint32Array(tensor.dataSync().slice().buffer)]);
    }),
  );
  const runs = backend.statistics().runs - before;
  tf.removeBackend(BACKEND_NAME);
  await runner.close();
  return { bits, runs };
}

describe("an update of a list of parameters", () => {
  it("by means that nobody has read has the bits of one by means that somebody has, as a program and in a graph", async () => {
    const taken = await updateByMeans(openGraphRunner(threadsUnderTest()), false);
    const read = await updateByMeans(openGraphRunner(threadsUnderTest()), true);
    expect(taken.bits).toEqual(read.bits);
    expect(taken.runs).toBeLessThan(read.runs);
    expect((await updateByMeans(new JavaScriptRunner(), false)).bits).toEqual(read.bits);
  });

  it("has the same bits as a program and as nodes of a graph, of special values too", async () => {
    const outside = await updateAll(openGraphRunner(threadsUnderTest()));
    const inside = await updateAll(new JavaScriptRunner());
    for (const [i, [kernel]] of UPDATES.entries()) expect(inside[i], kernel).toEqual(outside[i]);
  });
});
