import { DataLoader, tf } from "@lightning-ts/core";
import { BoringModel, randomDataset, type BoringBatch } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { EarlyStopping } from "../callbacks/early-stopping.js";
import { LambdaCallback } from "../callbacks/lambda-callback.js";
import type { CallbackHooks } from "../contract/callback-hooks.js";
import type { LightningModule } from "../contract/lightning-module.js";
import type { TrainerOptions } from "../options/trainer-options.js";
import type { Trainer } from "./trainer.js";
import { quietTrainer } from "./quiet-trainer-under-test.js";

const loader = (batches = 4) => new DataLoader(randomDataset({ length: batches }));

function makeTrainer(hooks: Partial<CallbackHooks> = {}, options: TrainerOptions = {}): Trainer {
  return quietTrainer({ maxEpochs: 2, callbacks: [new LambdaCallback(hooks as CallbackHooks)], ...options });
}

class Logs extends BoringModel {
  override trainingStep(batch: BoringBatch) {
    const loss = this.loss(this.forward(batch[0]));
    this.log("loss", loss);
    return loss;
  }
  override validationStep(batch: BoringBatch) {
    this.log("val_loss", this.loss(this.forward(batch[0])));
  }
}

const weightOf = (model: BoringModel): number[] => [...model.layer.weight.dataSync()];

/** The weights after a fit with these hooks, from given weights. */
async function trainedFrom(start: BoringModel, hooks: Partial<CallbackHooks>): Promise<number[]> {
  const model = new Logs();
  model.loadStateDict(start.stateDict());
  expect(await makeTrainer(hooks).fit(model, loader(), loader(2))).toMatchObject({ status: "finished", steps: 8 });
  return weightOf(model);
}

describe("another Trainer in a hook", () => {
  const hooks = [
    "onFitStart",
    "onTrainBatchStart",
    "onBeforeBackward",
    "onTrainBatchEnd",
    "onValidationBatchEnd",
    "onTrainEpochEnd",
  ] as const;

  it.each(hooks)("trains in %s, and neither disturbs the other", async (hook) => {
    const start = new BoringModel();
    const expected = await trainedFrom(start, {});
    const alone = new Logs();
    alone.loadStateDict(start.stateDict());
    await makeTrainer({}, { maxEpochs: 1 }).fit(alone, loader(3), loader(2));
    const inner: number[][] = [];
    let counts: number[] = [];
    const run = async () => {
      const model = new Logs();
      model.loadStateDict(start.stateDict());
      await makeTrainer({}, { maxEpochs: 1 }).fit(model, loader(3), loader(2));
      inner.push(weightOf(model));
      tf.dispose([...model.stateDict().values()]);
      counts.push(tf.memory().numTensors);
    };
    expect(await trainedFrom(start, { [hook]: run })).toEqual(expected);
    expect(inner.length).toBeGreaterThan(0);
    for (const weights of inner) expect(weights).toEqual(weightOf(alone));
    counts = counts.slice(2);
    expect(Math.max(0, ...counts) - Math.min(...counts, Math.max(0, ...counts))).toBeLessThan(30);
  });

  it("gives the module back to the run that it belongs to", async () => {
    const outer = makeTrainer({
      onTrainEpochStart: async (_trainer, module) => {
        await makeTrainer().validate(module, loader(1), { verbose: false });
        expect(module.trainer).toBe(outer);
      },
    });
    const result = await outer.fit(new Logs(), loader());
    expect(Object.keys(result.metrics)).toContain("loss");
  });
});

describe("a run of the same Trainer in a hook", () => {
  it("evaluates with a state of its own, and the outer run goes on where it was", async () => {
    const seen: unknown[] = [];
    const trainer = makeTrainer({
      onTrainBatchEnd: async (trainer, module, _outputs, _batch, batchIdx) => {
        if (batchIdx !== 1) return;
        const before = [trainer.stage, trainer.globalStep, trainer.currentEpoch, trainer.numTrainingBatches];
        const inner = await trainer.validate(module, loader(3), { verbose: false });
        expect(Object.keys(inner[0] ?? {})).toEqual(["val_loss"]);
        expect([trainer.stage, trainer.globalStep, trainer.currentEpoch, trainer.numTrainingBatches]).toEqual(before);
        expect(module.training).toBe(true);
        if (trainer.currentEpoch === 0) expect(Object.keys(trainer.callbackMetrics)).toEqual(["loss"]);
        seen.push(trainer.runningStage);
      },
      onTrainEpochEnd: (trainer) => void seen.push(Object.keys(trainer.callbackMetrics)),
    });
    expect(await trainer.fit(new Logs(), loader())).toMatchObject({ status: "finished", steps: 8, epochs: 2 });
    expect(seen).toEqual(["train", ["loss", "val_loss"], "train", ["loss", "val_loss"]]);
  });

  it("fits in onFitStart, and position, limits and callbacks are what they were", async () => {
    const stopping = new EarlyStopping({ monitor: "loss", patience: 100 });
    const inner: unknown[] = [];
    let isInner = false;
    const tuning = new LambdaCallback({
      onFitStart: async (trainer: Trainer, module: LightningModule) => {
        if (isInner) return;
        isInner = true;
        trainer.maxSteps = 3;
        inner.push(await trainer.fit(module, loader()), trainer.globalStep, trainer.maxSteps);
        trainer.maxSteps = -1;
        isInner = false;
        expect(stopping.bestScore).toBe(Number.POSITIVE_INFINITY);
      },
    } as unknown as CallbackHooks);
    const trainer = makeTrainer({}, { callbacks: [tuning, stopping] });
    const result = await trainer.fit(new Logs(), loader());
    expect(inner).toEqual([expect.objectContaining({ steps: 3, reason: "maxSteps 3 reached" }), 0, 3]);
    expect(result).toMatchObject({ status: "finished", steps: 8, epochs: 2, reason: "maxEpochs 2 reached" });
    expect(stopping.bestScore).toBeLessThan(Number.POSITIVE_INFINITY);
    expect(trainer.globalStep).toBe(8);
  });

  it("is waited for when the hook does not wait", async () => {
    const order: string[] = [];
    const trainer = makeTrainer({
      onFitStart: (trainer, module) =>
        void trainer.validate(module, loader(2), { verbose: false }).then(() => order.push("validated")),
      onTrainStart: () => void order.push("onTrainStart"),
    });
    await trainer.fit(new Logs(), loader());
    expect(order).toEqual(["validated", "onTrainStart"]);
  });

  it("that fails is named in the hook that started it, and the Trainer can go on", async () => {
    class Fails extends Logs {
      override validationStep(): never {
        throw new Error("boom");
      }
    }
    let fails = true;
    const trainer = makeTrainer({
      onTrainEpochEnd: async (trainer) => {
        if (fails) await trainer.validate(new Fails(), loader(1));
      },
    });
    await expect(trainer.fit(new Logs(), loader())).rejects.toThrow(
      /LambdaCallback\.onTrainEpochEnd failed at .*epoch 0.*: Fails\.validationStep failed at validate batch 0.*: boom/,
    );
    expect(trainer).toMatchObject({ status: "interrupted", stage: undefined, globalStep: 4 });
    fails = false;
    expect((await trainer.fit(new Logs(), loader())).status).toBe("finished");
  });
});
