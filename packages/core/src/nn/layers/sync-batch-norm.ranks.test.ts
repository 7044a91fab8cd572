import { expect, it } from "vitest";
import { backward } from "../../autograd/backward.js";
import { grad } from "../../autograd/grad.js";
import { gradOf } from "../../autograd/gradients-of-variables.js";
import { Parameter } from "../../autograd/parameter.js";
import { describeOnBackends } from "../../backend/describe-on-backends-under-test.js";
import { replayRanks } from "../../kernels/replay-ranks-under-test.js";
import { tensorScope } from "../../tensor/tensor-scope.js";
import { tf } from "../../tensor/tf.js";
import * as nn from "../index.js";

const CHANNELS = 3;
type Numbers = readonly number[];

const valuesFor = (size: number, seed: number, from = 1): number[] =>
  Array.from({ length: size }, (_, i) => Math.fround(from + (i % CHANNELS) + Math.sin(1.7 * i + seed)));
const furthest = (left: Numbers, right: Numbers): number =>
  left.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - (right[i] ?? Number.NaN))),
    left.length - right.length,
  );

interface Computed {
  readonly y: Numbers;
  readonly dx: Numbers;
  readonly dWeight: Numbers;
  readonly dBias: Numbers;
  readonly running: Numbers;
  readonly penalty: Numbers;
}

/** Two forwards, so that running statistics have a past; then gradients, and those of a gradient penalty. */
function computed(layer: nn.SyncBatchNorm | nn.BatchNorm1d, x: tf.Tensor): Computed {
  const input = Parameter.fromData(x.dataSync(), x.shape);
  layer.weight?.assign(tf.tensor1d([0.5, -1.5, 2]));
  layer.forward(x.mul(2));
  const y = layer.forward(input);
  const loss = (): tf.Tensor => tf.sum(tf.mul(y, tf.sin(x)));
  backward(loss(), { retainGraph: true });
  const [dx] = grad(tf.sum(tf.sin(layer.forward(input))), [input], { createGraph: true });
  const [penalty] = grad(tf.sum(tf.square(dx ?? x)), [input]);
  const read = (tensor: tf.Tensor | null | undefined): Numbers => [...(tensor?.dataSync() ?? [])];
  const result = {
    y: read(y),
    dx: read(gradOf(input)),
    dWeight: read(layer.weight && gradOf(layer.weight)),
    dBias: read(layer.bias && gradOf(layer.bias)),
    running: [...read(layer.runningMean), ...read(layer.runningVar)],
    penalty: read(penalty),
  };
  layer.dispose();
  input.dispose();
  return result;
}

/** How many rows of the whole batch each rank has. */
const CASES = [
  { rows: [2, 2], space: [] },
  { rows: [3, 1, 4], space: [] },
  { rows: [1, 1], space: [5] },
  { rows: [2, 3], space: [2, 3] },
] as const;

await describeOnBackends("SyncBatchNorm on several ranks, on %s", () => {
  it.each(CASES)("computes with rows $rows and space $space what batch norm does with all rows", ({ rows, space }) => {
    using _scope = tensorScope();
    const all = rows.reduce((sum, count) => sum + count, 0);
    const x = tf.tensor(valuesFor(all * CHANNELS * space.reduce<number>((size, n) => size * n, 1), 1), [
      ...[all, CHANNELS],
      ...space,
    ]);
    const parts = tf.split(x, [...rows]);
    const kind = space.length === 2 ? nn.BatchNorm2d : nn.BatchNorm1d;
    const whole = computed(new kind(CHANNELS, { momentum: 0.3 }), x);
    const { results, names } = replayRanks(rows.length, (ranks) => {
      const layer = new nn.SyncBatchNorm(CHANNELS, { momentum: 0.3 });
      layer.connectRanks({ ranks, name: "norm" });
      expect(layer.isConnected).toBe(true);
      return computed(layer, parts[ranks.rank] ?? x);
    });
    for (const name of ["y", "dx", "penalty"] as const) {
      const scale = Math.max(1, ...whole[name].map(Math.abs));
      expect(
        furthest(
          results.flatMap((result) => result[name]),
          whole[name],
        ) / scale,
        name,
      ).toBeLessThan(2e-6);
    }
    for (const name of ["dWeight", "dBias"] as const) {
      const sums = whole[name].map((_, i) => results.reduce((sum, result) => sum + (result[name][i] ?? NaN), 0));
      expect(furthest(sums, whole[name]) / Math.max(1, ...sums.map(Math.abs)), name).toBeLessThan(2e-6);
    }
    for (const { running } of results) {
      expect(running).toEqual(results[0]?.running);
      expect(furthest(running, whole.running) / Math.max(...whole.running)).toBeLessThan(1e-6);
    }
    expect(names.slice(0, 3)).toEqual(["statistics of norm", "statistics of norm", "gradient of norm"]);
  });

  it("keeps the digits of values far from zero", () => {
    using _scope = tensorScope();
    const values = valuesFor(8 * CHANNELS, 4, 1000);
    const x = tf.tensor(values, [8, CHANNELS]);
    const parts = tf.split(x, [5, 3]);
    const { results } = replayRanks(2, (ranks) => {
      const layer = new nn.SyncBatchNorm(CHANNELS);
      layer.connectRanks({ ranks, name: "norm" });
      const y = [...layer.forward(parts[ranks.rank] ?? x).dataSync()];
      layer.dispose();
      return y;
    });
    const expected = values.map((value, i) => {
      const channel = values.filter((_, at) => at % CHANNELS === i % CHANNELS);
      const mean = channel.reduce((sum, each) => sum + each, 0) / channel.length;
      const variance = channel.reduce((sum, each) => sum + (each - mean) ** 2, 0) / channel.length;
      return (value - mean) / Math.sqrt(variance + 1e-5);
    });
    // Half a unit in the last place of a mean near 1000 is 3e-5. Sums of squares would lose 0.06 of the variance.
    expect(furthest(results.flat(), expected)).toBeLessThan(2e-4);
  });

  it("takes part with no rows at all", () => {
    using _scope = tensorScope();
    const x = tf.tensor(valuesFor(4 * CHANNELS, 2), [4, CHANNELS]);
    const whole = new nn.BatchNorm1d(CHANNELS);
    const expected = whole.forward(x).dataSync();
    whole.dispose();
    const { results } = replayRanks(2, (ranks) => {
      const layer = new nn.SyncBatchNorm(CHANNELS);
      layer.connectRanks({ ranks, name: "norm" });
      const y = [...layer.forward(ranks.rank === 0 ? x : tf.zeros([0, CHANNELS])).dataSync()];
      layer.dispose();
      return y;
    });
    expect(furthest(results[0] ?? [], [...expected])).toBeLessThan(2e-6);
    expect(results[1]).toEqual([]);
  });

  it("asks nobody in evaluation, nor after it was disconnected", () => {
    using _scope = tensorScope();
    const layer = new nn.SyncBatchNorm(CHANNELS);
    const refuse = (): never => {
      throw new Error("nobody is there");
    };
    const over = { ranks: { rank: 0, worldSize: 2, sum: refuse, gather: refuse }, name: "norm" };
    layer.connectRanks(over);
    const x = tf.tensor(valuesFor(4 * CHANNELS, 3), [4, CHANNELS]);
    expect(() => layer.forward(x)).toThrow("nobody is there");
    expect(() => layer.eval().forward(x)).not.toThrow();
    layer.train().connectRanks();
    expect(layer.isConnected).toBe(false);
    expect(() => layer.forward(x)).not.toThrow();
    layer.dispose();
  });
});
