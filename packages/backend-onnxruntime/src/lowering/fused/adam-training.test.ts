import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import type { GraphRunner } from "../../contract/graph-runner.js";
import { BACKEND_NAME } from "../../register-onnxruntime.js";
import { JavaScriptRunner } from "../../devices/javascript/javascript-runner.js";
import { openGraphRunner } from "../../devices/open-graph-runner.js";
import { PLAIN_SGD } from "../../testing/plain-sgd.js";
import { startBackend, threadsUnderTest } from "../../testing/start-backend.js";
import { TestRandom } from "./testing/random-array.js";

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
  const target = tf.tensor1d(
    Int32Array.from({ length: BATCH }, () => random.integer(0, OUT - 1)),
    "int32",
  );
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
  const options = {
    lr: 0.01,
    beta1: 0.9,
    beta2: 0.999,
    eps: 1e-8,
    weightDecay: 0.01,
    decoupledWeightDecay: true,
    amsgrad: false,
    maximize: false,
  };
  const results = run("lit.AdamUpdate", inputs, {
    ...options,
    biasCorrection1: 1 - 0.9 ** count,
    biasCorrection2: 1 - 0.999 ** count,
    count: 2,
  });
  for (const tensor of [loss, logits, dy, ...grads, ...results]) look(tensor);
  return results;
}

async function train(runner: GraphRunner, look: (tensor: tf.Tensor) => void = () => undefined): Promise<number[]> {
  const backend = await startBackend({ runner });
  const first = new TestRandom(99);
  let state: tf.Tensor[] = [[OUT, IN], [OUT], [OUT, IN], [OUT], [OUT, IN], [OUT]].map((shape, i) =>
    tf.tensor(
      i < 2 ? Float32Array.from(first.array(shape).data) : new Float32Array(shape.reduce((a, b) => a * b, 1)),
      shape,
    ),
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
    const outside = await train(openGraphRunner(threadsUnderTest()));
    const inside = new JavaScriptRunner();
    expect("startProgram" in inside).toBe(false);
    expect(await train(inside)).toEqual(outside);
    expect(outside.every(Number.isFinite)).toBe(true);
  });

  it("has the same bits whatever is read", async () => {
    const untouched = await train(openGraphRunner(threadsUnderTest()));
    const random = new TestRandom(5);
    const disturbed = await train(openGraphRunner(threadsUnderTest()), (tensor) => {
      if (random.uniform() < 0.3) tensor.dataSync();
    });
    expect(disturbed).toEqual(untouched);
  });
});

describe("an update writes in place", () => {
  const SGD = { ...PLAIN_SGD, lr: 1 };
  const SIZE = 1_000_000;
  const values = (tensor: tf.Tensor) => new Set(tensor.dataSync());

  function update(parameter: tf.Tensor, gradient: tf.Tensor): tf.Tensor {
    const [updated] = run("lit.SgdUpdate", { p0: parameter, g0: gradient }, SGD);
    if (updated === undefined) throw new Error("an update has a result");
    return updated;
  }

  it("where nobody holds the old values", async () => {
    const backend = await startBackend();
    const before = backend.statistics().allocatedBytes;
    const gradient = tf.tensor1d(new Float32Array(SIZE).fill(1));
    let parameter: tf.Tensor = tf.tensor1d(new Float32Array(SIZE).fill(10));
    for (let count = 0; count < 5; count += 1) {
      const old = parameter;
      parameter = update(old, gradient);
      old.dispose();
      await backend.synchronize();
    }
    expect(values(parameter)).toEqual(new Set([5]));
    expect(values(gradient)).toEqual(new Set([1]));
    expect(backend.statistics().allocatedBytes - before).toBeLessThan(2.5 * SIZE * 4);
    tf.dispose([parameter, gradient]);
  });

  it.each<[string, (old: tf.Tensor) => () => Promise<Iterable<number>> | Iterable<number>, number]>([
    [
      "a clone",
      (old) => {
        const clone = tf.clone(old);
        return () => clone.dataSync();
      },
      1,
    ],
    [
      "a read that is under way",
      (old) => {
        const reading = old.data();
        return () => reading;
      },
      1,
    ],
    [
      "an op that was not computed",
      (old) => {
        const doubled = tf.mul(old, 2);
        return () => doubled.dataSync();
      },
      2,
    ],
  ])("but %s keeps what it saw", async (_, hold, factor) => {
    await startBackend();
    tf.engine().startScope(); // what is temporary is not computed by other reads
    const gradient = tf.tensor1d(new Float32Array(SIZE).fill(1));
    let parameter: tf.Tensor = tf.tensor1d(new Float32Array(SIZE).fill(10));
    const seen: (() => Promise<Iterable<number>> | Iterable<number>)[] = [];
    for (let count = 0; count < 3; count += 1) {
      const old = parameter;
      seen.push(hold(old));
      parameter = update(old, gradient);
      old.dispose();
      parameter.dataSync();
    }
    for (const [count, look] of seen.entries()) expect(new Set(await look())).toEqual(new Set([factor * (10 - count)]));
    expect(values(parameter)).toEqual(new Set([7]));
    tf.engine().endScope();
  });
});
