import { backward, type nn, tensorScope, tf } from "@lightning-ts/core";
import { cpu } from "@lightning-ts/fabric";
import { BoringModel, FakeTerminal, MemoryFiles } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import type { LightningModule } from "../contract/lightning-module.js";
import type { Trainer as AnyTrainer } from "../contract/trainer.js";
import { Trainer } from "../trainer/trainer.js";
import { GradientNormMonitor, gradNorm } from "./gradient-norm-monitor.js";

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
    const trainer = new Trainer({
      accelerator: cpu({ backend: "cpu" }),
      maxEpochs: 1,
      limitTrainBatches: 4,
      limitValBatches: 0,
      logEveryNSteps: 2,
      gradientClipVal: 1e-3,
      enableCheckpointing: false,
      enableProgressBar: false,
      enableModelSummary: false,
      logger: false,
      ports: { files: new MemoryFiles(), terminal: new FakeTerminal() },
      callbacks: [new GradientNormMonitor()],
    });
    await trainer.fit(new Watching());
    expect(seen.map((norm) => norm > 1e-2)).toEqual([false, true, true, true]);
  });

  it("refuses options that it does not have", () => {
    expect(() => new GradientNormMonitor({ norm: 2 } as object)).toThrow(/has no option "norm"/);
    expect(() => new GradientNormMonitor({ normType: 0 })).toThrow(/no norm of this order/);
  });

  it("is silent without logging", () => {
    const trainer = { batchesThatStepped: 0, logEveryNSteps: 0 } as AnyTrainer;
    const module = new BoringModel() as unknown as LightningModule;
    expect(() => new GradientNormMonitor().onBeforeOptimizerStep(trainer, module)).not.toThrow();
  });
});
