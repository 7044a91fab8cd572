import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import type { GraphRunner } from "../../contract/graph-runner.js";
import { BACKEND_NAME } from "../../register-onnxruntime.js";
import { JavaScriptRunner } from "../../session/javascript-runner.js";
import { openGraphRunner } from "../../session/open-graph-runner.js";
import { startBackend } from "../../testing/start-backend.js";
import { TestRandom } from "./reference/random-array.js";

const [IN, OUT, BATCH] = [37, 10, 6];

function run(kernel: string, inputs: tf.NamedTensorMap, attrs: tf.NamedAttrMap): tf.Tensor[] {
  const outputs = tf.engine().runKernel<tf.Tensor | tf.Tensor[]>(kernel, inputs, attrs);
  return Array.isArray(outputs) ? outputs : [outputs];
}

const CROSS_ENTROPY = { reduction: "mean", ignoreIndex: -100, labelSmoothing: 0 };

/** Parameters, their means and mean squares: one training step of a linear classifier gives the next ones. */
function step(state: readonly tf.Tensor[], count: number, look: (tensor: tf.Tensor) => void): tf.Tensor[] {
  const [weight, bias, ...moments] = state;
  const random = new TestRandom(count);
  const x = tf.tensor(Float32Array.from(random.array([BATCH, IN]).data), [BATCH, IN]);
  const target = tf.tensor1d(Int32Array.from({ length: BATCH }, () => random.integer(0, OUT - 1)), "int32");
  if (weight === undefined || bias === undefined) return [];
  const [logits] = run("lit.Linear", { x, weight, bias }, { activation: "none" });
  if (logits === undefined) return [];
  const [loss, logProbs] = run("lit.CrossEntropy", { logits, target }, CROSS_ENTROPY);
  if (loss === undefined || logProbs === undefined) return [];
  const [dy] = run("lit.CrossEntropyGrad", { dloss: tf.scalar(1), logProbs, target }, CROSS_ENTROPY);
  if (dy === undefined) return [];
  const grads = run("lit.LinearWeightGrad", { x, dy }, {});
  const inputs: tf.NamedTensorMap = { p0: weight, p1: bias };
  ["g0", "g1", "m0", "m1", "v0", "v1"].forEach((name, i) => (inputs[name] = [...grads, ...moments][i] ?? loss));
  const options = { lr: 0.01, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0.01, decoupledWeightDecay: true, amsgrad: false, maximize: false };
  const results = run("lit.AdamUpdate", inputs, { ...options, biasCorrection1: 1 - 0.9 ** count, biasCorrection2: 1 - 0.999 ** count, count: 2 });
  for (const tensor of [loss, logits, dy, ...grads, ...results]) look(tensor);
  return results;
}

async function train(runner: GraphRunner, look: (tensor: tf.Tensor) => void = () => undefined): Promise<number[]> {
  const backend = await startBackend({ runner });
  const first = new TestRandom(99);
  let state: tf.Tensor[] = [[OUT, IN], [OUT], [OUT, IN], [OUT], [OUT, IN], [OUT]].map((shape, i) =>
    tf.tensor(i < 2 ? Float32Array.from(first.array(shape).data) : new Float32Array(shape.reduce((a, b) => a * b, 1)), shape),
  );
  for (let count = 1; count <= 40; count += 1) {
    const old = state;
    state = tf.tidy(() => step(old, count, look));
    tf.dispose(old);
    await backend.submit();
  }
  const values = state.flatMap((tensor) => [...tensor.dataSync()]);
  tf.dispose(state);
  tf.removeBackend(BACKEND_NAME);
  await runner.close();
  return values;
}

describe("training with an update outside of graphs", () => {
  it("has the bits of an update inside of graphs", async () => {
    const outside = await train(openGraphRunner());
    const inside = new JavaScriptRunner();
    expect("startProgram" in inside).toBe(false);
    expect(await train(inside)).toEqual(outside);
    expect(outside.every(Number.isFinite)).toBe(true);
  });

  it("has the same bits whatever is read", async () => {
    const untouched = await train(openGraphRunner());
    const random = new TestRandom(5);
    const disturbed = await train(openGraphRunner(), (tensor) => {
      if (random.uniform() < 0.3) tensor.dataSync();
    });
    expect(disturbed).toEqual(untouched);
  });
});
