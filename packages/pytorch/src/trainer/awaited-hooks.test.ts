import { DataLoader, tf } from "@lightning-ts/core";
import { BoringModel, randomDataset, type BoringBatch } from "@lightning-ts/testing";
import { expect, it } from "vitest";
import type { Trainer } from "./trainer.js";
import { quietTrainer } from "./quiet-trainer-under-test.js";

const loader = () => new DataLoader(randomDataset({ length: 2 }));

function makeTrainer(): Trainer {
  return quietTrainer({ maxEpochs: 1, numSanityValSteps: 0 });
}

it("an asynchronous backward that rejects is named, with the batch", async () => {
  class Fails extends BoringModel {
    override async backward(): Promise<void> {
      await Promise.resolve();
      throw new Error("boom");
    }
  }
  await expect(makeTrainer().fit(new Fails(), loader())).rejects.toThrow(
    "Fails.backward failed at epoch 0, batch 0 (global step 0): boom. The batch was [float32 [1, 32]].",
  );
});

it("an asynchronous backward is waited for, and what it computes has gradients", async () => {
  class Later extends BoringModel {
    override async backward(loss: tf.Tensor): Promise<void> {
      await Promise.resolve();
      await super.backward(loss.mul(1));
    }
  }
  const model = new Later();
  const before = model.layer.weight.clone();
  expect((await makeTrainer().fit(model, loader())).steps).toBe(2);
  expect(tf.sum(tf.abs(tf.sub(model.layer.weight, before))).dataSync()[0]).toBeGreaterThan(0);
});

it("a thenable from validationStep is waited for, and its value given to onValidationBatchEnd", async () => {
  const seen: unknown[] = [];
  class Thenable extends BoringModel {
    override validationStep(batch: BoringBatch) {
      const loss = this.loss(this.forward(batch[0]));
      return { then: (resolve: (value: string) => void) => setTimeout(() => resolve(`of ${loss.shape.length}`), 1) };
    }
    override onValidationBatchEnd(outputs: unknown): void {
      seen.push(outputs);
    }
  }
  await makeTrainer().validate(new Thenable(), loader());
  expect(seen).toEqual(["of 0", "of 0"]);
});

it("a thenable that begins its work when it is waited for, in a timer, computes a loss with gradients", async () => {
  class Lazy extends BoringModel {
    override trainingStep(batch: BoringBatch): Promise<tf.Tensor> {
      const begin = (resolve: (loss: tf.Tensor) => void) =>
        void setTimeout(() => resolve(this.loss(this.forward(batch[0]))), 1);
      return Object({ then: begin });
    }
  }
  const model = new Lazy();
  const before = model.layer.weight.clone();
  expect((await makeTrainer().fit(model, loader())).steps).toBe(2);
  expect(tf.sum(tf.abs(tf.sub(model.layer.weight, before))).dataSync()[0]).toBeGreaterThan(0);
});
