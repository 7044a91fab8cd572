import { backward, type nn, tensorScope, tf } from "@lightning-ts/core";
import { SingleDeviceStrategy } from "@lightning-ts/fabric";
import { BoringModel } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import type { LightningModule } from "../contract/lightning-module.js";
import type { Trainer as AnyTrainer } from "../contract/trainer.js";
import { GradientNormMonitor, type GradientNormMonitorOptions, gradNorm } from "./gradient-norm-monitor.js";
import { quietTrainer } from "../trainer/quiet-trainer-under-test.js";

/** A bias with the gradients 3, 4 and a weight with 12 at every place. */
function withGradients(): BoringModel {
  const model = new BoringModel(1);
  const [weight, bias] = [model.layer.weight, model.layer.bias as nn.Parameter];
  backward(tf.add(tf.mul(weight, 12).sum(), tf.mul(bias, tf.tensor1d([3, 4])).sum()));
  return model;
}

describe("gradNorm", () => {
  it.each([
    [2, "2.0", 5, Math.hypot(12, 12), Math.hypot(12, 12, 3, 4)],
    [1, "1.0", 7, 24, 31],
    [Number.POSITIVE_INFINITY, "inf", 4, 12, 12],
    [
      1.5,
      "1.5",
      (3 ** 1.5 + 4 ** 1.5) ** (2 / 3),
      (2 * 12 ** 1.5) ** (2 / 3),
      (2 * 12 ** 1.5 + 3 ** 1.5 + 8) ** (2 / 3),
    ],
  ])("gives the norms of order %d under Lightning's names", (order, name, bias, weight, total) => {
    using _scope = tensorScope();
    const norms = gradNorm(withGradients(), order);
    expect(Object.keys(norms)).toEqual([
      `grad_${name}_norm/layer.weight`,
      `grad_${name}_norm/layer.bias`,
      `grad_${name}_norm_total`,
    ]);
    const values = Object.values(norms).map((norm) => norm.dataSync()[0]);
    for (const [i, wanted] of [weight, bias, total].entries()) expect(values[i]).toBeCloseTo(wanted, 2);
  });

  it("gives nothing where no parameter has a gradient, and refuses orders that are none", () => {
    expect(gradNorm(new BoringModel(), 2)).toEqual({});
    for (const order of [0, -1, Number.NaN])
      expect(() => gradNorm(new BoringModel(), order)).toThrow(
        `Gradients have no norm of this order. Expected a number above 0, or Infinity. Received ${order}.`,
      );
  });
});

describe("GradientNormMonitor", () => {
  it("logs the norms in the steps that are logged, before gradients are clipped", async () => {
    const seen: number[] = [];
    class Watching extends BoringModel {
      override onTrainBatchEnd() {
        seen.push(this.trainer.readMetric("grad_2.0_norm_total") ?? Number.NaN);
      }
    }
    const trainer = quietTrainer({
      maxEpochs: 1,
      limitTrainBatches: 4,
      limitValBatches: 0,
      logEveryNSteps: 2,
      gradientClipVal: 1e-3,
      callbacks: [new GradientNormMonitor()],
    });
    await trainer.fit(new Watching());
    expect(seen.map((norm) => norm > 1e-2)).toEqual([false, true, true, true]);
  });

  it("refuses options that it does not have", () => {
    expect(() => new GradientNormMonitor({ norm: 2 } as object)).toThrow(
      'GradientNormMonitor has no option "norm". Expected one of normType, groupSeparator.',
    );
    expect(() => new GradientNormMonitor({ normType: 0 })).toThrow(/no norm of this order/);
  });

  /** Names that are logged with these options after so many steps. */
  function loggedNames(options: GradientNormMonitorOptions, batchesThatStepped: number, logEveryNSteps: number) {
    using _scope = tensorScope();
    const names: string[] = [];
    class Noting extends GradientNormMonitor {
      override logDict(metrics: Readonly<Record<string, unknown>>) {
        names.push(...Object.keys(metrics));
      }
    }
    const strategy = new SingleDeviceStrategy();
    const trainer = { batchesThatStepped, logEveryNSteps, strategy } as unknown as AnyTrainer;
    new Noting(options).onBeforeOptimizerStep(trainer, withGradients() as unknown as LightningModule);
    return names;
  }

  it("puts what it is told between the norm's name and the parameter's", () => {
    expect(loggedNames({}, 0, 1)).toEqual([
      "grad_2.0_norm/layer.weight",
      "grad_2.0_norm/layer.bias",
      "grad_2.0_norm_total",
    ]);
    expect(loggedNames({ groupSeparator: ":" }, 0, 1)[0]).toBe("grad_2.0_norm:layer.weight");
    expect(loggedNames({ groupSeparator: "" }, 0, 1)[0]).toBe("grad_2.0_normlayer.weight");
    expect(loggedNames({ normType: 1.25 }, 0, 1)[0]).toBe("grad_1.25_norm/layer.weight");
  });

  it("logs after every so many steps, and never without logging", () => {
    const isLogged = (stepped: number, every: number) => loggedNames({}, stepped, every).length > 0;
    expect([0, 1, 2, 3, 4, 5].map((stepped) => isLogged(stepped, 3))).toEqual([false, false, true, false, false, true]);
    expect(isLogged(0, 0)).toBe(false);
  });
});
