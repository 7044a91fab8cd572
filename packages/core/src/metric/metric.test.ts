import { beforeAll, describe, expect, it, vi } from "vitest";
import { resolveBackend } from "../backend/resolve-backend.js";
import type { TrainingBackend } from "../backend/training-backend.js";
import { keep } from "../tensor/keep.js";
import { isGradEnabled } from "../tensor/recording.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import { isMetric, Metric } from "./metric.js";
import { EveryState, Product, Slow, Total } from "./metrics-under-test.js";

const BATCHES = [[1, 2, 3], [10], [-4, 6]];

function numbers(value: unknown): Record<string, number[]> {
  return Object.fromEntries(
    Object.entries(value as Record<string, tf.Tensor>).map(([name, tensor]) => [name, [...tensor.dataSync()]]),
  );
}

/** Tensors that are alive after `body` and were not before, without those of an open scope. */
function leftBy(body: () => void): number {
  const before = tf.memory().numTensors;
  body();
  return tf.memory().numTensors - before;
}

const EXPECTED = { mean: [3], least: [-4], most: [10, 4], average: [13 / 3], all: [1, 2, 3, 10, -4, 6] };

describe.each(["cpu", "onnxruntime"])("a metric on %s", (name) => {
  let backend: TrainingBackend;
  beforeAll(async () => {
    ({ backend } = await resolveBackend(name));
  });

  it.each([true, false])("adds batches up, and its call gives each one's value, with fullStateUpdate %s", (full) => {
    const metric = new EveryState(full);
    const scope = tensorScope();
    const values = BATCHES.map((batch) => numbers(metric.forward(tf.tensor1d(batch))));
    expect(values.map(({ mean }) => mean?.[0])).toEqual([2, 10, 1]);
    expect(values.map(({ all }) => all)).toEqual(BATCHES);
    expect(values[1]).toEqual({ mean: [10], least: [10], most: [10, -10], average: [10], all: [10] });
    expect(metric.updateCount).toBe(3);
    const total = numbers(metric.compute());
    expect(total["average"]?.[0]).toBeCloseTo(13 / 3, 6);
    expect({ ...total, average: EXPECTED.average }).toEqual(EXPECTED);
    expect(numbers(metric.forwardValue)["mean"]).toEqual([1]);
    metric.reset();
    expect(metric.updateCount).toBe(0);
    expect(metric.forwardValue).toBeUndefined();
    expect(numbers(metric.compute())["all"]).toEqual([]);
    metric.update(tf.tensor1d([5]));
    expect(numbers(metric.compute())).toEqual({ mean: [5], least: [5], most: [5, -5], average: [5], all: [5] });
    scope.close();
    metric.dispose();
  });

  it.each([true, false])("makes states one by a function of the metric, with fullStateUpdate %s", (full) => {
    const metric = new Product(full);
    const scope = tensorScope();
    const values = [
      [2, 3],
      [5, 0.5],
    ].map((batch) => [...metric.forward(tf.tensor1d(batch)).dataSync()]);
    expect(values).toEqual([
      [2, 3],
      [5, 0.5],
    ]);
    expect([...metric.compute().dataSync()]).toEqual([10, 1.5]);
    scope.close();
    metric.dispose();
  });

  it("leaves nothing behind but its states and the last value, in a scope, in tidy and outside of both", () => {
    const metric = new Total();
    const x = tf.ones([4]);
    metric.forward(x).dispose();
    expect(leftBy(() => metric.update(x))).toBe(0);
    expect(leftBy(() => metric.forward(x).dispose())).toBe(0);
    expect(leftBy(() => metric.compute().dispose())).toBe(0);
    expect(leftBy(() => tf.tidy(() => void [metric.forward(x), metric.compute()]))).toBe(0);
    expect(leftBy(() => tf.tidy(() => void metric.state()))).toBe(0);
    expect(leftBy(() => new EveryState().reset())).toBe(0);
    expect(metric.compute().dataSync()[0]).toBe(16);
    expect(metric.sum.isDisposed).toBe(false);
    metric.dispose();
    x.dispose();
  });

  it("records nothing for gradients", () => {
    let isRecorded: boolean | undefined;
    class Looking extends Total {
      override update(x: tf.Tensor): void {
        isRecorded = isGradEnabled();
        super.update(x);
      }
    }
    const metric = new Looking();
    const scope = tensorScope();
    expect(isGradEnabled()).toBe(true);
    metric.update(tf.ones([2]));
    expect(isRecorded).toBe(false);
    expect(metric.updateCount).toBe(1);
    expect(isGradEnabled()).toBe(true);
    scope.close();
    metric.dispose();
  });

  it("may wait in update and compute, and says so when it is called meanwhile", async () => {
    const metric = new Slow();
    const x = keep(tf.tensor1d([1, 2]));
    const value = await metric.forward(x);
    expect(value.dataSync()[0]).toBe(6);
    const late = metric.update(x);
    expect(() => void metric.compute()).toThrow("Slow.compute() was called before its update() had ended.");
    await late;
    const total = await metric.compute();
    expect(total.dataSync()[0]).toBe(12);
    for (const tensor of [value, total, x]) tensor.dispose();
    metric.dispose();
  });

  it("is as before when a call fails, at once or later", async () => {
    const metric = new Slow();
    const x = tf.tensor1d([1, 2]);
    await metric.update(x);
    const before = tf.memory().numTensors;
    await expect(metric.forward(x, true)).rejects.toThrow("as asked");
    const value = await metric.compute();
    expect(value.dataSync()[0]).toBe(6);
    value.dispose();
    expect(tf.memory().numTensors).toBe(before);

    const other = new EveryState(false);
    const scope = tensorScope();
    other.update(x);
    expect(() => other.forward(tf.tensor1d([1], "string" as "float32"))).toThrow();
    expect(other.updateCount).toBe(1);
    expect(numbers(other.compute())["all"]).toEqual([1, 2]);
    scope.close();
    for (const one of [metric, other]) one.dispose();
    x.dispose();
  });

  it("gives its state back, from tensors and from values on the host", async () => {
    const metric = new EveryState(false);
    const scope = tensorScope();
    for (const batch of BATCHES.slice(0, 2)) metric.forward(tf.tensor1d(batch));
    const state = metric.state();
    const onHost = {
      ...state,
      values: Object.fromEntries(
        Object.entries(state.values).map(([key, tensor]) => [
          key,
          { shape: tensor.shape, values: tensor.dataSync().slice() },
        ]),
      ),
    };
    for (const given of [state, onHost]) {
      const other = new EveryState(false);
      other.update(tf.tensor1d([100]));
      other.restore(given);
      other.forward(tf.tensor1d(BATCHES[2] ?? []));
      expect(other.updateCount).toBe(3);
      const values = numbers(other.compute());
      expect(values["average"]?.[0]).toBeCloseTo(13 / 3, 6);
      expect({ ...values, average: EXPECTED.average }).toEqual(EXPECTED);
      other.dispose();
    }
    expect(numbers(metric.computeOf(onHost))["all"]).toEqual([1, 2, 3, 10]);
    metric.dispose();
    scope.close();
  });

  it("computes the value of other states and keeps its own", () => {
    const metric = new EveryState(false);
    const other = new EveryState(false);
    const scope = tensorScope();
    metric.update(tf.tensor1d([1, 2]));
    other.update(tf.tensor1d([7]));
    expect(numbers(metric.computeOf(other.state()))).toEqual(numbers(other.compute()));
    expect(numbers(metric.compute())["all"]).toEqual([1, 2]);
    expect(metric.updateCount).toBe(1);
    scope.close();
    for (const one of [metric, other]) one.dispose();
  });

  it("refuses a state that does not fit, and is as before", () => {
    const metric = new EveryState(false);
    metric.update(tf.tensor1d([1]));
    const state = { version: 1, updateCount: 1, values: { ...metric.state().values } };
    const refused = (values: Record<string, tf.Tensor>) => () => metric.restore({ ...state, values });
    const { sum: _, ...rest } = state.values;
    expect(refused(rest)).toThrow('its state "sum" is missing');
    expect(refused({ ...state.values, other: tf.scalar(1) })).toThrow('it has no state "other"');
    expect(refused({ ...state.values, most: tf.scalar(1) })).toThrow('"most" has shape [2], not []');
    const scope = tensorScope();
    expect(numbers(metric.compute())["all"]).toEqual([1]);
    scope.close();
    metric.dispose();
  });

  it("does not count a step that turns out to be impossible to compute", async () => {
    if (name === "cpu") return; // computes at once
    const metric = new EveryState(false);
    const total = new Total();
    const step = async (x: tf.Tensor) => {
      const scope = tensorScope();
      metric.forward(x);
      total.update(x);
      scope.close();
      await backend.synchronize();
    };
    await step(tf.tensor1d([1, 2]));
    const bad = tf.gather(tf.ones([2]), tf.add(tf.tensor1d([5], "int32"), tf.scalar(1, "int32")));
    await expect(step(bad)).rejects.toThrow();
    expect(metric.forwardValue).toBeUndefined();
    await step(tf.tensor1d([3]));
    expect([metric.updateCount, total.updateCount]).toEqual([2, 2]);
    const scope = tensorScope();
    expect(numbers(metric.compute())["all"]).toEqual([1, 2, 3]);
    expect(total.compute().dataSync()[0]).toBe(6);
    scope.close();
    for (const one of [metric, total]) one.dispose();
  });

  it("reads nothing from the device in a step", async () => {
    if (name === "cpu") return; // computes at once
    const metric = new EveryState(false);
    const reads: string[] = [];
    const original = tf.Tensor.prototype.dataSync;
    tf.Tensor.prototype.dataSync = function dataSync(this: tf.Tensor) {
      reads.push("dataSync");
      return original.call(this) as never;
    } as never;
    try {
      const scope = tensorScope();
      for (const batch of BATCHES) metric.forward(tf.tensor1d(batch));
      metric.compute();
      metric.state();
      scope.close();
    } finally {
      tf.Tensor.prototype.dataSync = original;
    }
    expect(reads).toEqual([]);
    metric.dispose();
  });
});

describe("a metric as a module", () => {
  class Net extends Total {
    readonly inner = new Total();
    readonly kept = this.addState("kept", { reduce: "sum", persistent: true });
  }

  it("keeps its states out of the state dict, unless they are persistent", () => {
    const metric = new Net();
    expect([...metric.stateDict().keys()]).toEqual(["kept"]);
    expect(metric.namedBuffers().map(([name]) => name)).toEqual(["sum", "kept", "inner.sum"]);
    expect(metric.namedModules().map(([name]) => name)).toEqual(["", "inner"]);
    expect([...metric.reductions]).toEqual([
      ["sum", "sum"],
      ["kept", "sum"],
    ]);
  });

  it("is known as a metric, and refuses two states of one name", () => {
    class Twice extends Total {
      readonly other = this.addListState("sum");
    }
    expect(isMetric(new Net())).toBe(true);
    expect(isMetric({ update() {}, compute() {} })).toBe(false);
    expect(() => new Twice()).toThrow('has a state "sum" already');
    expect(new Total() instanceof Metric).toBe(true);
  });

  it("says once that it was computed without a batch, and what a reset had forgotten", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const [fresh, used] = [new Total(), new Total()];
    for (let update = 0; update < 3; update += 1) used.update(tf.tensor1d([1]));
    used.reset();
    for (const metric of [fresh, used, fresh, used]) metric.compute();
    expect(warn.mock.calls.flat()).toEqual([
      expect.stringMatching(/Total.compute\(\) was called before update\(\): its value says nothing/),
      expect.stringMatching(/called after reset\(\), which forgot 3 updates, and before update\(\)/),
    ]);
    warn.mockRestore();
  });
});
