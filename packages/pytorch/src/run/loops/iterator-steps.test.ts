import { DataLoader, toDevice, type tf } from "@lightning-ts/core";
import { BoringModel, randomDataset, type BoringBatch } from "@lightning-ts/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { LightningModule } from "../../contract/lightning-module.js";
import type { DataloaderIterator } from "../../words/dataloader-iterator.js";
import { quietTrainer } from "../../trainer/quiet-trainer-under-test.js";

const loader = (batches: number) => new DataLoader(randomDataset({ length: batches }));
const makeTrainer = () => quietTrainer({ maxEpochs: 2, numSanityValSteps: 0 });

let seen: string[];
beforeEach(() => {
  seen = [];
});

/** Takes two batches a step. */
class Pairs extends LightningModule {
  readonly net = new BoringModel();

  async take(step: string, batches: DataloaderIterator<BoringBatch>): Promise<tf.Tensor | undefined> {
    let loss: tf.Tensor | undefined;
    const numbers: string[] = [];
    for (let taken = 0; taken < 2; taken += 1) {
      const { value } = await batches.next();
      if (value === undefined) break;
      const [batch, batchIdx, dataloaderIdx] = value;
      numbers.push(`${dataloaderIdx}.${batchIdx}`);
      loss = this.net.loss(this.net.forward(toDevice(batch)[0] as tf.Tensor2D));
    }
    seen.push(`${step} ${numbers.join(" ")}`);
    return loss;
  }
  override trainingStep(dataloaderIter: DataloaderIterator<BoringBatch>) {
    return this.take("train", dataloaderIter);
  }
  override async validationStep(dataloaderIter: DataloaderIterator<BoringBatch>) {
    await this.take("validate", dataloaderIter);
  }
  override async predictStep(dataloaderIter: DataloaderIterator<BoringBatch>) {
    return (await this.take("predict", dataloaderIter))?.shape;
  }
  override onTrainBatchEnd(_outputs: unknown, _batch: unknown, batchIdx: number) {
    seen.push(`end ${batchIdx} ${this.trainer.isLastBatch}`);
  }
  override configureOptimizers() {
    return this.net.configureOptimizers();
  }
}

describe("a step that takes an iterator", () => {
  it("takes as many batches as it wants, and the epoch ends with the last", async () => {
    const { steps } = await makeTrainer().fit(new Pairs(), loader(5), loader(3));
    const epoch = ["train 0.0 0.1", "end 0 false", "train 0.2 0.3", "end 2 false", "train 0.4", "end 4 true"];
    expect(seen).toEqual([...epoch, "validate 0.0 0.1", "validate 0.2", ...epoch, "validate 0.0 0.1", "validate 0.2"]);
    expect(steps).toBe(6);
  });

  it("ends an epoch whose last batches it takes together", async () => {
    await makeTrainer().fit(new Pairs(), loader(4), loader(2));
    expect(seen.slice(0, 5)).toEqual([
      "train 0.0 0.1",
      "end 0 false",
      "train 0.2 0.3",
      "end 2 true",
      "validate 0.0 0.1",
    ]);
  });

  it("goes on from one loader to the next in a prediction", async () => {
    await makeTrainer().predict(new Pairs(), [loader(3), loader(2)]);
    expect(seen).toEqual(["predict 0.0 0.1", "predict 0.2 1.0", "predict 1.1"]);
  });

  it("is known by the list of such steps where its parameter has another name", async () => {
    class Listed extends Pairs {
      override iteratorSteps = ["trainingStep"] as const;
      override trainingStep(t: DataloaderIterator<BoringBatch>) {
        return this.take("train", t);
      }
    }
    await makeTrainer().fit(new Listed(), loader(2), []);
    expect(seen).toEqual(["train 0.0 0.1", "end 0 true", "train 0.0 0.1", "end 0 true"]);
    class Batches extends BoringModel {
      override trainingStep(dataloaderIteration: BoringBatch) {
        return this.loss(this.forward(dataloaderIteration[0]));
      }
    }
    await expect(makeTrainer().fit(new Batches(), loader(1), [])).resolves.toMatchObject({ steps: 2 });
  });
});
