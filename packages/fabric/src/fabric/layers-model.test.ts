import { TensorDataset, DataLoader, tf } from "@lightning-ts/core";
import { MemoryFiles } from "@lightning-ts/testing";
import * as layers from "@tensorflow/tfjs-layers";
import { describe, expect, it } from "vitest";
import { cpu } from "../accelerators/cpu-accelerator.js";
import { Fabric } from "./fabric.js";

const STEPS = 10;
const BATCH = 8;

function createModel(): layers.Sequential {
  return layers.sequential({
    layers: [
      layers.layers.dense({
        inputShape: [4],
        units: 8,
        activation: "relu",
        kernelInitializer: layers.initializers.heUniform({ seed: 1 }),
      }),
      layers.layers.dense({ units: 1, kernelInitializer: layers.initializers.glorotUniform({ seed: 2 }) }),
    ],
  });
}

function batch(step: number): { x: tf.TensorBuffer<tf.Rank.R2, "float32">; y: tf.TensorBuffer<tf.Rank.R2, "float32"> } {
  const x = tf.buffer<tf.Rank.R2, "float32">(
    [BATCH, 4],
    "float32",
    Float32Array.from({ length: 4 * BATCH }, (_, i) => Math.sin(i + 100 * step)),
  );
  const y = tf.buffer<tf.Rank.R2, "float32">(
    [BATCH, 1],
    "float32",
    Float32Array.from({ length: BATCH }, (_, i) => Math.cos(i + step)),
  );
  return { x, y };
}

function lossOf(model: { apply(x: tf.Tensor): unknown }, x: tf.Tensor, y: tf.Tensor): tf.Scalar {
  const output = model.apply(x);
  if (!(output instanceof tf.Tensor)) throw new Error("one output");
  return tf.mean(tf.squaredDifference(output, y));
}

/** The losses of tfjs alone: `minimize` in `tidy`, as its own examples do it. */
function rawLosses(): number[] {
  const model = createModel();
  const optimizer = tf.train.adam(0.01);
  return Array.from({ length: STEPS }, (_, step) =>
    tf.tidy(() => {
      const { x, y } = batch(step);
      return optimizer.minimize(() => lossOf(model, x.toTensor(), y.toTensor()), true)?.dataSync()[0] ?? Number.NaN;
    }),
  );
}

async function newFabric(files = new MemoryFiles()): Promise<Fabric> {
  const fabric = new Fabric({ accelerator: cpu({ backend: "cpu" }), ports: { files } });
  await fabric.launch();
  return fabric;
}

async function* hostBatches(): AsyncGenerator<ReturnType<typeof batch>> {
  for (let step = 0; step < STEPS; step += 1) yield batch(step);
}

describe("a tf.LayersModel with a tf.train optimizer", () => {
  it("gives with backward and step the losses of tfjs alone, bit for bit", async () => {
    const expected = (await newFabric(), rawLosses());
    const fabric = await newFabric();
    const [model, optimizer] = fabric.setup(createModel(), tf.train.adam(0.01));
    const losses: number[] = [];
    for await (const { x, y } of fabric.setupDataloaders(hostBatches())) {
      optimizer.zeroGrad();
      const loss = lossOf(model, x, y);
      fabric.backward(loss);
      optimizer.step();
      losses.push(loss.dataSync()[0] ?? Number.NaN);
    }
    expect(losses).toEqual(expected);
  });

  it("gives with minimize, as it stood in the raw loop, the same losses and leaves nothing over", async () => {
    const fabric = await newFabric();
    const expected = rawLosses();
    const [model, optimizer] = fabric.setup(createModel(), tf.train.adam(0.01));
    const losses: number[] = [];
    const counts: number[] = [];
    for await (const { x, y } of fabric.setupDataloaders(hostBatches())) {
      tf.tidy(() => losses.push(optimizer.minimize(() => lossOf(model, x, y), true)?.dataSync()[0] ?? Number.NaN));
      counts.push(tf.memory().numTensors);
    }
    expect(losses).toEqual(expected);
    expect(new Set(counts.slice(1)).size).toBe(1);
  });

  it("is saved and restored, optimizer included", async () => {
    const files = new MemoryFiles();
    const fabric = await newFabric(files);
    const [model, optimizer] = fabric.setup(createModel(), tf.train.adam(0.01));
    const trainOn = (step: number, [net, opt]: readonly [typeof model, typeof optimizer]): number =>
      fabric.step(() => {
        const { x, y } = fabric.toDevice(batch(step));
        opt.zeroGrad();
        const loss = lossOf(net, x, y);
        fabric.backward(loss);
        opt.step();
        return loss.dataSync()[0] ?? Number.NaN;
      });
    for (let step = 0; step < 5; step += 1) trainOn(step, [model, optimizer]);
    await fabric.save("/m.ckpt", { model, optimizer });
    const expected = [5, 6].map((step) => trainOn(step, [model, optimizer]));
    const again = fabric.setup(createModel(), tf.train.adam(0.01));
    await fabric.load("/m.ckpt", { model: again[0], optimizer: again[1] });
    const before = tf.memory().numTensors;
    // tf.train.adam computes beta^t anew when it is restored, instead of multiplying step by step.
    [5, 6].forEach((step, i) => expect(trainOn(step, again)).toBeCloseTo(expected[i] ?? Number.NaN, 5));
    await fabric.save("/m.ckpt", { model: again[0], optimizer: again[1] });
    expect(tf.memory().numTensors).toBe(before + model.weights.length);
  });

  it("works with this library's DataLoader, which gives tensors in tuples", async () => {
    const fabric = await newFabric();
    const { x, y } = batch(0);
    const model = fabric.setup(createModel());
    for await (const [input, target] of fabric.setupDataloaders(
      new DataLoader(new TensorDataset(x, y), { batchSize: BATCH }),
    )) {
      expect(lossOf(model, input, target).dataSync()[0]).toBeGreaterThan(0);
    }
  });
});
