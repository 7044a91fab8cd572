import { readFileSync } from "node:fs";
import {
  DataLoader,
  nn,
  optim,
  RandomStream,
  resolveBackend,
  seedEverything,
  StateDictError,
  TensorDataset,
  tf,
} from "@lightning-ts/core";
import { cpu, Fabric } from "@lightning-ts/fabric";
import { FakeTerminal, MemoryFiles } from "@lightning-ts/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { LambdaCallback } from "../callbacks/lambda-callback.js";
import { LightningModule } from "../contract/lightning-module.js";
import { Trainer } from "../trainer/trainer.js";
import { readWeights } from "./weights/read-weights.js";

type Batch = [x: tf.Tensor2D, y: tf.Tensor2D];

/**
 * A run of an epoch of six batches, saved at its end by the code of 0.1.0, in which losses kept their weights to
 * themselves, and the losses of its second epoch.
 */
const recorded: { readonly losses: number[]; readonly base64: string } = JSON.parse(
  readFileSync(new URL("fixtures/weighted-losses-0.1.0.json", import.meta.url), "utf8"),
);
const LOSS_WEIGHTS = ["kinds.weight", "marks.weight", "marks.pos_weight"];

let files: MemoryFiles;
let terminal: FakeTerminal;
beforeEach(async () => {
  files = new MemoryFiles();
  terminal = new FakeTerminal();
  seedEverything(7);
  await resolveBackend("cpu");
  const file = await files.open("/old.ckpt", "overwrite");
  await file.write(Buffer.from(recorded.base64, "base64"));
  await file.close();
});

class Net extends LightningModule<Batch> {
  readonly body = new nn.Linear(3, 2);
  readonly kinds = new nn.CrossEntropyLoss({ weight: tf.tensor1d([1, 3]) });
  readonly marks = new nn.BCEWithLogitsLoss({ weight: tf.tensor1d([0.5, 2]), posWeight: tf.tensor1d([2, 1]) });

  override trainingStep([x, y]: Batch) {
    const logits = this.body.forward(x);
    return tf.add(this.kinds.forward(logits, tf.argMax(y, 1)), this.marks.forward(logits, y));
  }
  override configureOptimizers() {
    return new optim.SGD(this.parameters(), { lr: 0.1 });
  }
}

async function goOn(ckptPath: string): Promise<{ losses: number[]; net: Net; trainer: Trainer }> {
  const stream = RandomStream.fromSeed(1, "rows");
  const numbers = (width: number) => stream.fillNormal(new Float32Array(12 * width));
  const x = tf.buffer<tf.Rank.R2>([12, 3], "float32", numbers(3));
  const y = tf.buffer<tf.Rank.R2>(
    [12, 2],
    "float32",
    numbers(2).map((value) => (value > 0 ? 1 : 0)),
  );
  const losses: number[] = [];
  const watch = new LambdaCallback({
    onTrainBatchEnd: (_trainer, _module, outputs) => void losses.push(outputs.loss?.dataSync()[0] ?? Number.NaN),
  });
  const trainer = new Trainer({
    accelerator: cpu({ backend: "cpu" }),
    maxEpochs: 2,
    ...{ logger: false, enableCheckpointing: false, enableProgressBar: false, enableModelSummary: false },
    ports: { files, terminal },
    callbacks: [watch],
  });
  const net = new Net();
  await trainer.fit(net, new DataLoader(new TensorDataset(x, y), { batchSize: 2 }), undefined, { ckptPath });
  return { losses, net, trainer };
}

describe("a file of 0.1.0 of a model with weighted losses", () => {
  it("goes on strictly with the losses of the run that wrote it, and what is saved next has the weights", async () => {
    const { losses, net, trainer } = await goOn("/old.ckpt");
    expect(losses).toHaveLength(6);
    losses.forEach((loss, i) => expect(loss).toBeCloseTo(recorded.losses[i] ?? Number.NaN, 6));
    expect(terminal.warnings).toEqual([]);
    expect([...(net.kinds.stateDict().get("weight")?.dataSync() ?? [])]).toEqual([1, 3]);
    await trainer.saveCheckpoint("/new.ckpt");
    expect([...(await readWeights("/new.ckpt", { files })).keys()]).toEqual(expect.arrayContaining(LOSS_WEIGHTS));
  });

  it("is read by readWeights, loadFromCheckpoint and Fabric's load as well", async () => {
    const weights = await readWeights("/old.ckpt", { files });
    expect([...weights.keys()]).toEqual(["body.weight", "body.bias"]);
    expect(new Net().loadStateDict(weights)).toEqual({ missingKeys: [], unexpectedKeys: [] });
    const loaded = await Net.loadFromCheckpoint("/old.ckpt", { files });
    expect([...(loaded.marks.stateDict().get("pos_weight")?.dataSync() ?? [])]).toEqual([2, 1]);
    const fabric = new Fabric({ accelerator: cpu({ backend: "cpu" }), ports: { files, terminal } });
    await fabric.launch();
    const net = new Net();
    await fabric.load("/old.ckpt", { state_dict: net }, { strict: true });
    expect([...net.body.weight.dataSync()]).toEqual([...loaded.body.weight.dataSync()]);
  });

  it("is no licence for others: a new file without the weights, and an old one without a layer, are refused", async () => {
    const { trainer } = await goOn("/old.ckpt");
    class Bare extends Net {
      override onSaveCheckpoint(checkpoint: Record<string, unknown>): void {
        const state = checkpoint["state_dict"];
        if (state instanceof Map) for (const key of LOSS_WEIGHTS) state.delete(key);
      }
    }
    const bare = new Bare();
    const writer = new Trainer({
      accelerator: cpu({ backend: "cpu" }),
      maxEpochs: 0,
      ...{ logger: false, enableCheckpointing: false, enableProgressBar: false, enableModelSummary: false },
      ports: { files, terminal },
    });
    await writer.fit(bare, new DataLoader(new TensorDataset(tf.buffer([2, 3]), tf.buffer([2, 2])), { batchSize: 2 }));
    await writer.saveCheckpoint("/bare.ckpt");
    await expect(Net.loadFromCheckpoint("/bare.ckpt", { files })).rejects.toThrow(StateDictError);
    const weights = await readWeights("/old.ckpt", { files });
    weights.delete("body.bias");
    expect(() => new Net().loadStateDict(weights)).toThrow(/body\.bias/);
    expect(trainer.globalStep).toBe(12);
  });
});
