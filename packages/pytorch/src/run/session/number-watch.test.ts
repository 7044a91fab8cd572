import { resolveBackend, tf } from "@lightning-ts/core";
import { beforeAll, describe, expect, it } from "vitest";
import { NumberWatch } from "./number-watch.js";

beforeAll(() => resolveBackend("cpu"));

const AFTER =
  " Training goes on. detectAnomaly: true finds the loss or gradient that it begins with, terminateOnNan: true ends the run there.";

function watch(
  plan: { readonly barebones?: boolean; readonly detectAnomaly?: boolean; readonly terminateOnNan?: boolean } = {},
) {
  const warnings: string[] = [];
  const numbers = new NumberWatch({
    plan: { barebones: false, detectAnomaly: false, terminateOnNan: false, ...plan },
    warnings: Object({
      warn: (topic: string, text: string) => warnings.length > 0 || warnings.push(`${topic}: ${text}`),
    }),
  });
  let batch = 0;
  const take = (value: number) => {
    const place = { cursor: { epoch: 2, batch }, describePosition: () => `epoch 2, batch ${batch}` };
    batch += 1;
    tf.tidy(() => numbers.takeLoss(tf.scalar(value), Object(place)));
  };
  return { numbers, warnings, take };
}

function refusal(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}

describe("losses that are not finite", () => {
  it("are pointed out when many have been held, except the two newest", async () => {
    const { numbers, warnings, take } = watch();
    for (let i = 0; i < 61; i += 1) take(1);
    take(Number.NaN);
    take(1);
    expect(numbers.look()).toBeUndefined();
    take(Number.POSITIVE_INFINITY);
    await numbers.look();
    expect(warnings).toEqual([`not finite: The loss is NaN at epoch 2, batch 61.${AFTER}`]);
  });

  it("are not looked at while their steps may still run", async () => {
    const { numbers, warnings, take } = watch();
    for (let i = 0; i < 62; i += 1) take(1);
    take(Number.NaN);
    take(1);
    await numbers.look();
    expect(warnings).toEqual([]);
    await numbers.lookAtAll();
    expect(warnings).toHaveLength(1);
  });

  it("are pointed out at the end, the first one only, and their memory is given back", async () => {
    const before = tf.memory().numTensors;
    const { numbers, warnings, take } = watch();
    for (const value of [1, Number.NEGATIVE_INFINITY, Number.NaN]) take(value);
    await numbers.lookAtAll();
    take(Number.NaN);
    await numbers.lookAtAll();
    expect(warnings).toEqual([`not finite: The loss is -Infinity at epoch 2, batch 1.${AFTER}`]);
    expect(tf.memory().numTensors - before).toBe(0);
    expect(numbers.lookAtAll()).toBeUndefined();
  });

  it("are forgotten with a run", async () => {
    const before = tf.memory().numTensors;
    const { numbers, warnings, take } = watch();
    take(Number.NaN);
    numbers.forget();
    await numbers.lookAtAll();
    expect([warnings, tf.memory().numTensors - before]).toEqual([[], 0]);
  });

  it("are not held in a bare run", () => {
    const { numbers, take } = watch({ barebones: true });
    take(Number.NaN);
    expect(numbers.lookAtAll()).toBeUndefined();
  });

  it.each(["detectAnomaly", "terminateOnNan"])("end a run with %s at once", (name) => {
    const { numbers, take } = watch({ [name]: true });
    take(1);
    expect(refusal(() => take(Number.NaN))).toMatchObject({
      code: "LIT_ANOMALY",
      message:
        "The loss is not finite at epoch 2, batch 2. Received NaN. Try: a smaller learning rate, gradientClipVal, or look for log(0) and divisions by zero.",
    });
    expect(numbers.lookAtAll()).toBeUndefined();
  });

  it("are left to backward where they are not single numbers", () => {
    const { numbers } = watch({ detectAnomaly: true });
    const place = Object({ cursor: { epoch: 0, batch: 0 }, describePosition: () => "here" });
    expect(refusal(() => numbers.takeLoss(tf.tensor([Number.NaN, 1]), place))).toBeUndefined();
  });
});

describe("monitored metrics that are not finite", () => {
  it("are pointed out once for a run", () => {
    const { numbers, warnings } = watch();
    numbers.checkMetric("val_loss", 3, "epoch 1");
    numbers.checkMetric("val_loss", Number.NaN, "epoch 1");
    numbers.checkMetric("val_loss", Number.NaN, "epoch 2");
    expect(warnings).toEqual([`not finite: The monitored metric val_loss is NaN at epoch 1.${AFTER}`]);
    const bare = watch({ barebones: true });
    bare.numbers.checkMetric("val_loss", Number.NaN, "epoch 1");
    expect(bare.warnings).toEqual([]);
  });

  it("end a run with terminateOnNan", () => {
    const { numbers, warnings } = watch({ terminateOnNan: true });
    numbers.checkMetric("val_loss", 3, "epoch 1");
    expect(refusal(() => numbers.checkMetric("val_loss", Number.NEGATIVE_INFINITY, "epoch 1"))).toMatchObject({
      message: expect.stringContaining("The metric val_loss is not finite at epoch 1. Received -Infinity."),
    });
    expect(warnings).toEqual([]);
    const anomaly = watch({ detectAnomaly: true });
    expect(refusal(() => anomaly.numbers.checkMetric("val_loss", Number.NaN, "epoch 1"))).toBeUndefined();
  });
});
