import { DataLoader, F, nn, optim, seedEverything, TensorDataset, tf } from "@lightning-ts/core";
import { cpu, Fabric } from "@lightning-ts/fabric";
import { FakeTerminal, MemoryFiles } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { ModelCheckpoint } from "../callbacks/model-checkpoint.js";
import { LightningModule } from "../contract/lightning-module.js";
import type { TrainerOptions } from "../options/trainer-options.js";
import type { Trainer } from "./trainer.js";
import { quietTrainer } from "./quiet-trainer-under-test.js";

type Batch = [x: tf.Tensor2D, y: tf.Tensor1D];

class Net extends LightningModule<Batch> {
  readonly layers = new nn.Sequential(
    new nn.LazyLinear(8),
    new nn.LazyBatchNorm1d(),
    new nn.Tanh(),
    new nn.LazyLinear(3),
  );

  override forward(x: tf.Tensor): tf.Tensor {
    return this.layers.forward(x);
  }

  override trainingStep([x, y]: Batch): tf.Tensor {
    const loss = F.crossEntropy(this.forward(x), y);
    this.log("train_loss", loss);
    return loss;
  }

  override validationStep([x, y]: Batch): void {
    this.log("val_loss", F.crossEntropy(this.forward(x), y));
  }

  override configureOptimizers(): optim.Adam {
    return new optim.Adam(this.parameters(), { lr: 0.05 });
  }
}

function loader() {
  const x = tf.buffer<tf.Rank.R2>(
    [12, 5],
    "float32",
    Float32Array.from({ length: 60 }, (_, i) => Math.sin(i)),
  );
  const y = Int32Array.from({ length: 12 }, (_, i) => i % 3);
  return new DataLoader(new TensorDataset(x, y), { batchSize: 4 });
}

const files = new MemoryFiles();

function trainer(options: TrainerOptions): Trainer {
  return quietTrainer({
    accelerator: cpu({ backend: "onnxruntime" }),
    ports: { files, terminal: new FakeTerminal() },
    ...options,
  });
}

function weightsOf(model: nn.Module): Record<string, number[]> {
  return Object.fromEntries([...model.stateDict()].map(([name, tensor]) => [name, [...tensor.dataSync()]]));
}

describe("a model of lazy layers", () => {
  it("is trained by a Trainer whose optimizer holds its parameters before they have shapes", async () => {
    seedEverything(1);
    const lazy = new Net();
    const terminal = new FakeTerminal();
    const run = trainer({ maxEpochs: 2, enableModelSummary: true, ports: { files, terminal } });
    await run.fit(lazy, loader(), loader());
    expect(terminal.text).toContain("without 6 tensors of lazy layers, which have no shapes yet");
    expect(String(lazy.layers.at(0))).toBe("Linear(in_features=5, out_features=8, bias=True)");
    expect(lazy.parameters().every((parameter) => !nn.isLazy(parameter))).toBe(true);
    lazy.dispose();
  });

  it("goes on from a checkpoint as if it had not been interrupted, in a new model that is lazy again", async () => {
    seedEverything(2);
    const whole = new Net();
    await trainer({ maxEpochs: 3 }).fit(whole, loader());
    seedEverything(2);
    const first = new Net();
    const checkpoint = new ModelCheckpoint({ dirpath: "/runs/lazy", filename: "one", saveTopK: -1 });
    await trainer({ maxEpochs: 1, enableCheckpointing: true, callbacks: [checkpoint] }).fit(first, loader());
    seedEverything(3);
    const resumed = new Net();
    await trainer({ maxEpochs: 3 }).fit(resumed, loader(), undefined, { ckptPath: "/runs/lazy/one.ckpt" });
    expect(weightsOf(resumed)).toEqual(weightsOf(whole));
    for (const model of [whole, first, resumed]) model.dispose();
  });

  it("cannot be saved before its first call, which the error says", async () => {
    const lazy = new Net();
    const fabric = new Fabric({ accelerator: cpu({ backend: "onnxruntime" }), ports: { files } });
    await fabric.launch();
    await expect(fabric.save("/runs/lazy/never.ckpt", { model: lazy })).rejects.toThrow(
      /weight of LazyLinear has no shape and no values yet.*model\.forward\(x\)/s,
    );
    lazy.dispose();
  });

  it("is trained in a Fabric loop, and its state dict loads into another one", async () => {
    const fabric = new Fabric({ accelerator: cpu({ backend: "onnxruntime" }), ports: { files } });
    await fabric.launch();
    const [model, optimizer] = fabric.setup(new Net().layers, (net) => new optim.SGD(net.parameters(), { lr: 0.1 }));
    for await (const [x, y] of fabric.setupDataloaders(loader())) {
      optimizer.zeroGrad();
      fabric.backward(F.crossEntropy(model.forward(x), y));
      optimizer.step();
    }
    await fabric.save("/runs/lazy/fabric.ckpt", { model, optimizer });
    const other = new Net().layers;
    await fabric.load("/runs/lazy/fabric.ckpt", { model: other });
    expect(weightsOf(other)).toEqual(weightsOf(model));
  });
});
