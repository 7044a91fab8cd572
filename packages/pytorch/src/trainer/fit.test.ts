import { seedEverything, type tf } from "@lightning-ts/core";
import { cpu } from "@lightning-ts/fabric";
import { BoringModel, FakeTerminal, MemoryFiles } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { LambdaCallback } from "../callbacks/lambda-callback.js";
import { Trainer } from "./trainer.js";

describe("Trainer.fit", () => {
  it("trains, validates, writes a checkpoint and a CSV log", async () => {
    seedEverything(1);
    const files = new MemoryFiles();
    const terminal = new FakeTerminal();
    class Logging extends BoringModel {
      override trainingStep(batch: [tf.Tensor2D]) {
        const loss = this.loss(this.forward(batch[0]));
        this.log("train_loss", loss, { onStep: true, onEpoch: true, progBar: true });
        return loss;
      }
      override validationStep(batch: [tf.Tensor2D]) {
        this.log("val_loss", this.loss(this.forward(batch[0])));
      }
    }
    const model = new Logging();
    const trainer = new Trainer({
      maxEpochs: 2,
      limitTrainBatches: 8,
      limitValBatches: 4,
      logEveryNSteps: 2,
      accelerator: cpu({ backend: "cpu" }),
      ports: { files, terminal },
    });
    const result = await trainer.fit(model);
    expect(result).toMatchObject({
      status: "finished",
      reason: "maxEpochs 2 reached",
      epochs: 2,
      steps: 16,
      bestModelPath: "/lightning_logs/version_0/checkpoints/epoch=1-step=16.ckpt",
    });
    const log = new TextDecoder().decode(await files.readFile("/lightning_logs/version_0/metrics.csv"));
    const [header, ...rows] = log.trim().split("\n");
    expect(header).toBe("epoch,step,train_loss_epoch,train_loss_step,val_loss");
    expect(
      rows.map((row) =>
        row
          .split(",")
          .map((cell) => (cell === "" ? "" : "x"))
          .join(","),
      ),
    ).toEqual([
      ...["x,x,,x,", "x,x,,x,", "x,x,,x,", "x,x,,x,", "x,x,,,x", "x,x,x,,"],
      ...["x,x,,x,", "x,x,,x,", "x,x,,x,", "x,x,,x,", "x,x,,,x", "x,x,x,,"],
    ]);
  });

  it("runs as a class of one's own, and modules and callbacks meet that object", async () => {
    class Counting extends Trainer {
      saved = 0;
      override get maxEpochs() {
        return super.maxEpochs;
      }
      override set maxEpochs(maxEpochs: number) {
        super.maxEpochs = maxEpochs * 2;
      }
      override async saveCheckpoint(path: string) {
        this.saved += 1;
        await super.saveCheckpoint(path);
      }
    }
    const met = new Set<Trainer>();
    const model = new BoringModel();
    const trainer = new Counting({
      maxEpochs: 1,
      limitTrainBatches: 1,
      limitValBatches: 0,
      accelerator: cpu({ backend: "cpu" }),
      callbacks: new LambdaCallback({ onTrainEnd: (one, module) => met.add(one).add(module.trainer) }),
      ports: { files: new MemoryFiles(), terminal: new FakeTerminal() },
    });
    trainer.maxEpochs = 1;
    const result = await trainer.fit(model);
    expect([result.epochs, trainer.saved]).toEqual([2, 2]);
    expect([...met]).toEqual([trainer]);
    expect(trainer).toBeInstanceOf(Trainer);
    expect(Trainer.name).toBe("Trainer");
  });
});
