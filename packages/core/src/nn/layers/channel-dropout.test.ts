import { beforeAll, describe, expect, it } from "vitest";
import { backendsUnderTest } from "../../backend/backends-under-test.js";
import { resolveBackend } from "../../backend/resolve-backend.js";
import { seedEverything } from "../../random/global-random.js";
import { tensorScope } from "../../tensor/tensor-scope.js";
import { tf } from "../../tensor/tf.js";
import * as nn from "../index.js";

describe.each(await backendsUnderTest())("dropout on %s", (backend) => {
  beforeAll(async () => {
    await resolveBackend(backend);
    seedEverything(5);
  });

  it.each([
    { layer: new nn.Dropout1d(0.25), shape: [40, 50, 3] },
    { layer: new nn.Dropout2d(0.25), shape: [40, 50, 2, 2] },
    { layer: new nn.Dropout3d(0.25), shape: [40, 50, 1, 2, 2] },
    { layer: new nn.Dropout2d(0.25), shape: [2000, 2, 2] },
  ])("of channels keeps or drops each as a whole, as often as asked: $shape", ({ layer, shape }) => {
    using _scope = tensorScope();
    const y = layer.forward(tf.ones(shape));
    const channels = tf.reshape(y, [2000, -1]);
    const [low, high] = [tf.min(channels, 1).dataSync(), tf.max(channels, 1).dataSync()];
    expect([...low]).toEqual([...high]);
    expect(new Set(low)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
    const dropped = low.filter((value) => value === 0).length / 2000;
    // Five standard deviations of 2000 draws.
    expect(Math.abs(dropped - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / 2000));
    layer.eval();
    expect([...layer.forward(tf.ones(shape)).dataSync()].every((value) => value === 1)).toBe(true);
    layer.train();
  });

  it("for self-normalizing networks keeps mean and deviation", () => {
    using _scope = tensorScope();
    const x = tf.randomNormal([20_000], 0, 1, "float32", 3);
    const { mean, variance } = tf.moments(new nn.AlphaDropout(0.3).forward(x));
    // Five standard deviations of the mean, and of the variance of numbers with heavy tails.
    expect(Math.abs(mean.dataSync()[0] ?? 1)).toBeLessThan(5 / Math.sqrt(20_000));
    expect(Math.abs((variance.dataSync()[0] ?? 0) - 1)).toBeLessThan(0.06);
    expect([...new nn.AlphaDropout(0.3).eval().forward(x).dataSync()]).toEqual([...x.dataSync()]);
  });
});
