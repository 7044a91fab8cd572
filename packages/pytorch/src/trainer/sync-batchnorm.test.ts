import { DataLoader, F, nn, optim, seedEverything, TensorDataset, tf } from "@lightning-ts/core";
import { describe, expect, it } from "vitest";
import { LightningModule } from "../contract/lightning-module.js";
import { Trainer } from "./trainer.js";

class Classifier extends LightningModule<[tf.Tensor, tf.Tensor]> {
  readonly norm = new nn.BatchNorm1d(4);
  readonly net = new nn.Sequential(this.norm, new nn.Linear(4, 6), new nn.BatchNorm1d(6), new nn.Linear(6, 2));
  readonly seen: string[] = [];

  override trainingStep([x, y]: [tf.Tensor, tf.Tensor]) {
    return F.crossEntropy(this.net.forward(x), y);
  }
  override onTrainStart() {
    this.seen.push(...this.net.children().map((layer) => String(layer).split("(")[0] ?? ""));
  }
  override configureOptimizers() {
    return new optim.SGD(this.parameters(), { lr: 0.1, momentum: 0.9 });
  }
}

const quiet = { enableProgressBar: false, enableModelSummary: false, enableCheckpointing: false, logger: false };

async function trained(syncBatchnorm: boolean) {
  seedEverything(3);
  const model = new Classifier();
  const rows = Float32Array.from({ length: 48 }, (_, i) => Math.sin(i * i));
  const x = tf.buffer([12, 4], "float32", rows);
  const y = Int32Array.from({ length: 12 }, (_, i) => i % 2);
  const trainer = new Trainer({ accelerator: "cpu", maxEpochs: 3, syncBatchnorm, ...quiet });
  await trainer.fit(model, new DataLoader(new TensorDataset(x, y), { batchSize: 4, shuffle: true }));
  return { model, state: [...model.stateDict()].map(([key, tensor]) => [key, [...tensor.dataSync()]]) };
}

describe("syncBatchnorm", () => {
  it("trains SyncBatchNorms with the numbers of batch norms, and puts the layers of before back", async () => {
    const [plain, synchronized] = [await trained(false), await trained(true)];
    expect(plain.model.seen).toEqual(["BatchNorm1d", "Linear", "BatchNorm1d", "Linear"]);
    expect(synchronized.model.seen).toEqual(["SyncBatchNorm", "Linear", "SyncBatchNorm", "Linear"]);
    expect(synchronized.state).toEqual(plain.state);
    const { net, norm } = synchronized.model;
    expect(net.at(0)).toBe(norm);
    expect(norm).toBeInstanceOf(nn.BatchNorm1d);
    expect(norm).not.toBeInstanceOf(nn.SyncBatchNorm);
  });

  it("leaves the layers of before where the run fails, too", async () => {
    class Failing extends Classifier {
      override trainingStep(): tf.Tensor {
        throw new Error("no step");
      }
    }
    const model = new Failing();
    const trainer = new Trainer({ accelerator: "cpu", fastDevRun: true, syncBatchnorm: true, ...quiet });
    const x = tf.buffer([2, 4], "float32", new Float32Array(8));
    const loader = new DataLoader(new TensorDataset(x, new Int32Array(2)), { batchSize: 2 });
    await expect(trainer.fit(model, loader)).rejects.toThrow("no step");
    expect(model.norm).not.toBeInstanceOf(nn.SyncBatchNorm);
  });
});
