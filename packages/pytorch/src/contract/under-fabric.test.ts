import { optim, type tf } from "@lightning-ts/core";
import { cpu, CSVLogger, Fabric } from "@lightning-ts/fabric";
import { BoringModel, FakeTerminal, MemoryFiles, randomDataset, type BoringBatch } from "@lightning-ts/testing";
import { expect, it } from "vitest";

it("a LightningModule logs and prints through the Fabric that it was set up with", async () => {
  const files = new MemoryFiles();
  const terminal = new FakeTerminal();
  class Talks extends BoringModel {
    override trainingStep(batch: BoringBatch) {
      const loss = this.loss(this.forward(batch[0]));
      this.log("loss", loss);
      this.print("step", this.currentEpoch);
      return loss;
    }
  }
  const fabric = new Fabric({
    accelerator: cpu({ backend: "cpu" }),
    loggers: new CSVLogger({ saveDir: "/logs", files }),
    ports: { files, terminal },
  });
  await fabric.launch();
  const [model, optimizer] = fabric.setup(new Talks(), (module) => new optim.SGD(module.parameters(), { lr: 0.1 }));
  const batches = fabric.setupDataloaders({
    async *[Symbol.asyncIterator]() {
      yield randomDataset({ length: 1 }).getBatch([0]);
    },
  });
  for await (const batch of batches) {
    optimizer.zeroGrad();
    fabric.backward(model.trainingStep(batch as [tf.Tensor2D]) as tf.Tensor);
    optimizer.step();
  }
  await fabric.close();
  expect(model.fabric).toBe(fabric);
  expect(terminal.text).toContain("step 0");
  expect(new TextDecoder().decode(await files.readFile("/logs/lightning_logs/version_0/metrics.csv"))).toMatch(
    /^loss,step\n[\d.]+,0\n$/,
  );
  expect(() => model.trainer).toThrow(/needs a Trainer/);
});
