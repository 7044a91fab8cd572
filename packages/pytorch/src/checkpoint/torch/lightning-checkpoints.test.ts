import { readFileSync } from "node:fs";
import { DataLoader, F, nn, optim, TensorDataset, tf } from "@lightning-ts/core";
import { cpu, SafetensorsCheckpointStore } from "@lightning-ts/fabric";
import { readTorchFile, toPlain } from "@lightning-ts/torch-files";
import { FakeTerminal, MemoryFiles } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { ModelCheckpoint } from "../../callbacks/model-checkpoint.js";
import { Callback } from "../../contract/callback.js";
import { LightningModule } from "../../contract/lightning-module.js";
import type { CheckpointContent } from "../../words/checkpoint-content.js";
import type { StepOutput } from "../../words/step-output.js";
import { Trainer } from "../../trainer/trainer.js";
import { fromPython } from "./from-python.js";
import { toLightningCheckpoint } from "./to-lightning.js";

/** Recorded by tests/parity/record_lightning_checkpoints.py, with the model and data of lightning_mlp.py. */
interface Recorded {
  readonly lightning: string;
  readonly checkpoints: readonly {
    readonly moment: string;
    readonly steps: number;
    readonly base64: string;
    readonly losses: readonly number[];
  }[];
}
const VERSIONS = ["1.9", "2.1", "2.6"].map((version): Recorded => {
  const path = new URL(`fixtures/lightning-${version}.json`, import.meta.url);
  return JSON.parse(readFileSync(path, "utf8")) as Recorded;
});
const CASES = VERSIONS.flatMap(({ lightning, checkpoints }) =>
  checkpoints.map((checkpoint) => [lightning, checkpoint.moment, checkpoint] as const),
);

const [BATCHES, BATCH] = [6, 4];
type Batch = [x: tf.Tensor2D, y: tf.Tensor2D];

function data() {
  const rows = Array.from({ length: BATCHES * BATCH }, (_, row) => row);
  const x = rows.flatMap((row) => [0, 1, 2].map((column) => (((7 * row + 3 * column) % 17) - 8) / 8));
  const y = rows.map((row) => (((5 * row) % 13) - 6) / 8);
  const set = new TensorDataset(
    tf.buffer<tf.Rank.R2>([rows.length, 3], "float32", new Float32Array(x)),
    tf.buffer<tf.Rank.R2>([rows.length, 1], "float32", new Float32Array(y)),
  );
  return new DataLoader(set, { batchSize: BATCH });
}

interface Hparams {
  readonly hiddenDim: number;
  readonly learningRate: number;
}

class LitMLP extends LightningModule<Batch, Hparams> {
  readonly net: nn.Sequential;
  loaded: CheckpointContent | undefined;

  constructor(hparams: Hparams) {
    super();
    this.saveHyperparameters(hparams);
    this.net = new nn.Sequential(
      new nn.Linear(3, hparams.hiddenDim),
      new nn.Tanh(),
      new nn.Linear(hparams.hiddenDim, 1),
    );
  }
  override trainingStep([x, y]: Batch) {
    return F.mseLoss(this.net.forward(x), y);
  }
  override configureOptimizers() {
    const optimizer = new optim.Adam(this.parameters(), { lr: this.hparams.learningRate, weightDecay: 0.01 });
    return [[optimizer], [new optim.lrScheduler.StepLR(optimizer, { stepSize: 1, gamma: 0.5 })]] as const;
  }
  override onLoadCheckpoint(checkpoint: CheckpointContent) {
    this.loaded = checkpoint;
  }
}

class Losses extends Callback {
  readonly values: number[] = [];
  override onTrainBatchEnd(_trainer: Trainer, _module: LightningModule, outputs: StepOutput) {
    this.values.push(outputs.loss?.dataSync()[0] ?? Number.NaN);
  }
}

async function filesWith(name: string, bytes: Uint8Array) {
  const files = new MemoryFiles();
  const file = await files.open(files.resolve(name), "create");
  await file.write(bytes);
  await file.close();
  return files;
}

const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));

function trainer(files: MemoryFiles, callbacks: Callback[], maxEpochs = 10) {
  const terminal = new FakeTerminal();
  return {
    terminal,
    trainer: new Trainer({
      ...{ maxEpochs, callbacks, accelerator: cpu({ backend: "cpu" }), logger: false, enableProgressBar: false },
      ...{ enableModelSummary: false, enableCheckpointing: callbacks.some((one) => one instanceof ModelCheckpoint) },
      ports: { files, terminal },
    }),
  };
}

describe("a checkpoint of Python's Lightning", () => {
  it.each(CASES)("%s, saved at: %s, goes on with the losses of the Python run", async (_, __, checkpoint) => {
    const files = await filesWith("/python.ckpt", bytesOf(checkpoint.base64));
    const losses = new Losses();
    const { trainer: run, terminal } = trainer(files, [losses]);
    const module = await LitMLP.loadFromCheckpoint("/python.ckpt", { files });
    expect({ ...module.hparams }).toEqual({ hiddenDim: 8, learningRate: 0.05 });
    await run.fit(module, data(), undefined, { ckptPath: "/python.ckpt" });
    const expected = checkpoint.losses;
    expect(losses.values.length).toBeGreaterThanOrEqual(20);
    const differences = expected.map((loss, index) => Math.abs(loss - (losses.values[index] ?? Number.NaN)));
    expect(Math.max(...differences)).toBeLessThan(1e-5);
    expect(run.globalStep).toBe(10 * BATCHES);
    expect(terminal.warnings.filter((warning) => !warning.includes("callbacks that this Trainer"))).toEqual([]);
  });

  it("gives a ModelCheckpoint its state back", async () => {
    for (const { checkpoints } of VERSIONS) {
      const tree = fromPython(readTorchFile(bytesOf(checkpoints[1]!.base64)).value, "x");
      const states = tree["callbacks"] as Record<string, Record<string, unknown>>;
      const epochs = new ModelCheckpoint({ everyNEpochs: 1 });
      expect(Object.keys(states)).toContain(epochs.stateKey);
      expect(states[epochs.stateKey]).toMatchObject({ version: 1, monitor: null });
      expect(states[epochs.stateKey]!["bestModelPath"]).toMatch(/epoch=1\.ckpt$/);
      expect(() => epochs.loadStateDict(states[epochs.stateKey]!)).not.toThrow();
    }
  });

  it("is written again from a run here, with the counters that Python wrote", async () => {
    for (const { checkpoints } of VERSIONS)
      for (const { base64, moment } of checkpoints) {
        const before = readTorchFile(bytesOf(base64)).value;
        const { bytes, leftOut } = toLightningCheckpoint(fromPython(before, "x"));
        const [python, ours] = [before, readTorchFile(bytes).value].map((value) => toPlain(value) as never as Python);
        expect(leftOut).toEqual([]);
        // Between epochs the counters of the last one are of no use, and are not kept.
        const ofBatches = moment === "after the fit" ? [] : ["epoch_loop.batch_progress"];
        for (const key of [...ofBatches, "epoch_progress", "epoch_loop.state_dict"])
          expect(ours!.loops.fit_loop[key], `${moment}: ${key}`).toEqual(python!.loops.fit_loop[key]);
        expect(ours!.hyper_parameters).toEqual(python!.hyper_parameters);
        expect([ours!.epoch, ours!.global_step]).toEqual([python!.epoch, python!.global_step]);
        expect(Object.keys(ours!.callbacks)).toEqual(Object.keys(python!.callbacks));
        expect(Object.keys(ours!.state_dict)).toEqual(Object.keys(python!.state_dict));
        const [group, same] = [ours, python].map((one) => one!.optimizer_states[0]!.param_groups[0]);
        expect(group).toEqual(same);
      }
  });

  it("is made of a checkpoint of ours, and ours again of it", async () => {
    const files = new MemoryFiles();
    const losses = new Losses();
    const checkpoints = new ModelCheckpoint({
      dirpath: "/runs",
      filename: "{step}",
      everyNTrainSteps: 8,
      saveTopK: -1,
    });
    const { trainer: run } = trainer(files, [checkpoints, losses], 4);
    await run.fit(new LitMLP({ hiddenDim: 4, learningRate: 0.05 }), data());
    const store = new SafetensorsCheckpointStore(files);
    const { bytes, leftOut } = toLightningCheckpoint(await store.load("/runs/step=8.ckpt"));
    expect(leftOut).toEqual(["metrics", "random_state"]);
    const again = await filesWith("/again.ckpt", bytes);
    const more = new Losses();
    const module = await LitMLP.loadFromCheckpoint("/again.ckpt", { files: again });
    const { trainer: second } = trainer(again, [more], 4);
    await second.fit(module, data(), undefined, { ckptPath: "/again.ckpt" });
    expect(more.values).toHaveLength(4 * BATCHES - 8);
    expect(more.values).toEqual(losses.values.slice(8));
  });
});

interface Python {
  readonly epoch: number;
  readonly global_step: number;
  readonly loops: { readonly fit_loop: Record<string, unknown> };
  readonly hyper_parameters: object;
  readonly callbacks: object;
  readonly state_dict: object;
  readonly optimizer_states: readonly { readonly param_groups: readonly object[] }[];
}
