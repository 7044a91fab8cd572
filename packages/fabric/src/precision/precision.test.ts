import { F, gradOf, nn, optim, tf, type PrecisionName } from "@lightning-ts/core";
import { MemoryFiles } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { cpu } from "../accelerators/cpu-accelerator.js";
import { Fabric } from "../fabric/fabric.js";
import { LossScaler } from "./loss-scaler.js";
import { MixedPrecision } from "./mixed-precision.js";
import type { Precision } from "./precision.js";

const onEngine = (): ReturnType<typeof cpu> => cpu({ backend: "onnxruntime" });

async function launched(precision: PrecisionName | Precision, files = new MemoryFiles()): Promise<Fabric> {
  const fabric = new Fabric({ accelerator: onEngine(), precision, ports: { files } });
  await fabric.launch();
  fabric.seedEverything(1);
  return fabric;
}

function makePair(fabric: Fabric) {
  return fabric.setup(
    new nn.Sequential(new nn.Linear(8, 16), new nn.ReLU(), new nn.Linear(16, 3)),
    (m) => new optim.SGD(m.parameters(), { lr: 0.1 }),
  );
}

/** One optimizer step on a fixed problem; `factor` multiplies the loss. */
function trainStep(fabric: Fabric, [model, optimizer]: ReturnType<typeof makePair>, seed: number, factor = 1): number {
  return fabric.step(() => {
    optimizer.zeroGrad();
    const x = tf.tensor2d(
      Array.from({ length: 64 }, (_, i) => Math.sin(seed + 3 * i)),
      [8, 8],
    );
    const loss = tf.mul(F.crossEntropy(model.forward(x), tf.tensor1d([0, 1, 2, 0, 1, 2, 0, 1], "int32")), factor);
    fabric.backward(loss);
    optimizer.step();
    return loss.dataSync()[0] ?? Number.NaN;
  });
}

describe.each(["16-mixed", "bf16-mixed"] as const)("precision %s on the engine", (name) => {
  it("trains like float32, within what the short format can tell apart", async () => {
    const full = await launched("32-true");
    const fullPair = makePair(full);
    const expected = Array.from({ length: 20 }, (_, step) => trainStep(full, fullPair, step));
    const mixed = await launched(name);
    const mixedPair = makePair(mixed);
    const losses = Array.from({ length: 20 }, (_, step) => trainStep(mixed, mixedPair, step));
    expect(losses).not.toEqual(expected);
    losses.forEach((loss, step) =>
      expect(Math.abs(loss - (expected[step] ?? Number.NaN))).toBeLessThan(name === "16-mixed" ? 0.005 : 0.03),
    );
  });

  it("keeps parameters and gradients in float32", async () => {
    const fabric = await launched(name);
    const pair = makePair(fabric);
    trainStep(fabric, pair, 0);
    for (const parameter of pair[0].parameters())
      expect([parameter.dtype, gradOf(parameter)?.dtype]).toEqual(["float32", "float32"]);
  });

  it("computes in the short format inside autocast and the model's forward, and not outside", async () => {
    const fabric = await launched(name);
    const model = fabric.setup(new nn.Linear(1, 1, { bias: false }));
    const third = (compute: () => tf.Tensor): number => fabric.step(() => compute().dataSync()[0] ?? Number.NaN);
    const product = (): tf.Tensor => tf.matMul(tf.tensor2d([[1 / 3]]), tf.tensor2d([[1]]));
    expect(third(product)).toBe(Math.fround(1 / 3));
    expect(third(() => fabric.autocast(product))).not.toBe(Math.fround(1 / 3));
    model.weight.setData([1]);
    const x = (): tf.Tensor => tf.tensor2d([[1 / 3]]);
    expect(third(() => model.forward(x()))).not.toBe(third(() => model.module.forward(x())));
  });
});

describe("precision 16-mixed", () => {
  it("skips a step whose gradients overflow, halves the scale, and goes on", async () => {
    const precision = new MixedPrecision({ initialScale: 1024 });
    const fabric = await launched(precision);
    const pair = makePair(fabric);
    trainStep(fabric, pair, 0);
    const before = [...(pair[0].parameters()[0]?.dataSync() ?? [])];
    trainStep(fabric, pair, 1, 1e38);
    expect([...(pair[0].parameters()[0]?.dataSync() ?? [])]).toEqual(before);
    expect(precision.scaler.scale).toBe(512);
    trainStep(fabric, pair, 1);
    expect([...(pair[0].parameters()[0]?.dataSync() ?? [])]).not.toEqual(before);
  });

  it("takes the scale out before clipping, once", async () => {
    const precision = new MixedPrecision({ initialScale: 1024 });
    const fabric = await launched(precision);
    const [model, optimizer] = fabric.setup(
      new nn.Linear(2, 1, { bias: false }),
      (m) => new optim.SGD(m.parameters(), { lr: 1 }),
    );
    fabric.step(() => fabric.backward(tf.sum(model.forward(tf.tensor2d([[3, 4]])))));
    expect(gradOf(model.weight)?.dataSync()[0]).toBe(3072);
    expect(fabric.step(() => fabric.clipGradients(model, optimizer, { maxNorm: 100 }))?.dataSync()[0]).toBeCloseTo(
      5,
      4,
    );
    const before = [...model.weight.dataSync()];
    fabric.step(() => optimizer.step());
    expect([...model.weight.dataSync()].map((value, i) => (before[i] ?? 0) - value)).toEqual([
      expect.closeTo(3, 4),
      expect.closeTo(4, 4),
    ]);
  });

  it("is saved with the state and restored, without being asked for", async () => {
    const files = new MemoryFiles();
    const fabric = await launched(new MixedPrecision({ initialScale: 256, growthInterval: 2 }), files);
    const pair = makePair(fabric);
    for (let step = 0; step < 3; step += 1) trainStep(fabric, pair, step);
    await fabric.save("/m.ckpt", { model: pair[0] });
    const precision = new MixedPrecision();
    const resumed = await launched(precision, files);
    expect(await resumed.load("/m.ckpt", { model: makePair(resumed)[0] })).toEqual({});
    expect(precision.scaler.state()).toMatchObject({ scale: 512, growthTracker: 1, growthInterval: 2 });
  });

  it("leaves no tensor over", async () => {
    const fabric = await launched("16-mixed");
    const pair = makePair(fabric);
    trainStep(fabric, pair, 0);
    const before = tf.memory().numTensors;
    for (let step = 0; step < 10; step += 1) trainStep(fabric, pair, step);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("a precision that the backend lacks", () => {
  it.each<[PrecisionName, string, RegExp]>([
    [
      "64-true",
      "onnxruntime",
      /"onnxruntime" does not compute in precision "64-true".*32-true, bf16-mixed, 16-mixed, bf16-true, 16-true/,
    ],
    ["bf16-true", "cpu", /"cpu" does not compute in precision "bf16-true".*32-true/],
    ["16-true", "cpu", /"cpu".*one of 32-true/],
    ["16-mixed", "cpu", /"cpu" does not compute in precision "16-mixed".*32-true/],
  ])("is refused: %s on %s", async (precision, backend, message) => {
    const fabric = new Fabric({ accelerator: cpu({ backend }), precision });
    await expect(fabric.launch()).rejects.toThrow(message);
  });

  it.each([
    [16, "16-mixed"],
    ["bf16", "bf16-mixed"],
    ["32", "32-true"],
    [64, "64-true"],
  ] as const)("has Lightning's short name %s", (short, name) => {
    expect(new Fabric({ precision: short }).precision.name).toBe(name);
  });
});

describe("LossScaler", () => {
  it("grows after so many good steps in a row, shrinks after a bad one", () => {
    const scaler = new LossScaler({ initialScale: 8, growthInterval: 3 });
    const scales = [false, false, false, true, false, false, true, false, false, false].map(
      (overflowed) => (scaler.update(overflowed), scaler.scale),
    );
    expect(scales).toEqual([8, 8, 16, 8, 8, 8, 4, 4, 4, 8]);
  });

  it("does not grow beyond float32", () => {
    const scaler = new LossScaler({ initialScale: 2 ** 127, growthInterval: 1 });
    scaler.update(false);
    expect(scaler.scale).toBe(2 ** 127);
  });

  it("refuses numbers that make no scaler", () => {
    expect(() => new LossScaler({ backoffFactor: 2 })).toThrow(/backoffFactor/);
    expect(() => new LossScaler({ initialScale: Number.NaN })).toThrow(/scale > 0/);
  });
});
