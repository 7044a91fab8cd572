import { DataLoader, F, nn, optim, RandomStream, seedEverything, TensorDataset, tf } from "@lightning-ts/core";
import { cpu, SafetensorsCheckpointStore, type LoadedTree } from "@lightning-ts/fabric";
import { FakeTerminal, MemoryFiles } from "@lightning-ts/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { LambdaCallback } from "../../callbacks/lambda-callback.js";
import type { FitRunOptions } from "../../contract/run-options.js";
import { LightningModule } from "../../contract/lightning-module.js";
import type { TrainerOptions } from "../../options/trainer-options.js";
import { Trainer } from "../../trainer/trainer.js";
import type { ConfiguredOptimizers } from "../../words/scheduler-config.js";

type Batch = [x: tf.Tensor2D, y: tf.Tensor2D];
type Configure = (model: nn.Module) => Exclude<ConfiguredOptimizers, void>;

let files: MemoryFiles;
let terminal: FakeTerminal;
beforeEach(() => {
  files = new MemoryFiles();
  terminal = new FakeTerminal();
  seedEverything(1);
});

interface Run {
  readonly configure?: Configure;
  readonly activation?: nn.ReLU | nn.Dropout;
  readonly trainer?: TrainerOptions;
  readonly loader?: { readonly batchSize?: number; readonly shuffle?: boolean };
  readonly fit?: FitRunOptions;
}

const sgd =
  (lr: number, options: optim.SGDOptions = {}): Configure =>
  (model) =>
    new optim.SGD(model.parameters(), { lr, ...options });

/** Runs, and gives what each step saw: its rate and its loss. */
async function fit({ configure = sgd(0.1), activation = new nn.ReLU(), trainer, loader, fit: options }: Run) {
  class Net extends LightningModule<Batch> {
    readonly net = new nn.Sequential(new nn.Linear(3, 4), activation, new nn.Linear(4, 1));
    override trainingStep([x, y]: Batch) {
      return F.mseLoss(this.net.forward(x), y);
    }
    override configureOptimizers() {
      return configure(this);
    }
  }
  const rates: number[] = [];
  const losses: number[] = [];
  const watch = new LambdaCallback({
    onTrainBatchStart: ({ optimizers }) => void rates.push(optimizers[0]?.paramGroups[0]?.lr ?? Number.NaN),
    onTrainBatchEnd: (_, __, outputs) => void losses.push(outputs.loss?.dataSync()[0] ?? Number.NaN),
  });
  const stream = RandomStream.fromSeed(1, "rows");
  const rows = (width: number) =>
    tf.buffer<tf.Rank.R2>([8, width], "float32", stream.fillNormal(new Float32Array(8 * width)));
  const all = new Trainer({
    accelerator: cpu({ backend: "cpu" }),
    maxEpochs: 2,
    ...{ logger: false, enableCheckpointing: false, enableProgressBar: false, enableModelSummary: false },
    ports: { files, terminal },
    callbacks: watch,
    ...trainer,
  });
  const data = new DataLoader(new TensorDataset(rows(3), rows(1)), { batchSize: 2, ...loader });
  const model = new Net();
  await all.fit(model, data, undefined, options);
  return { trainer: all, model, rates, losses };
}

/** The first run, saved after its two epochs of four steps. */
async function saved(run: Run = {}, path = "/first.ckpt"): Promise<void> {
  const { trainer } = await fit(run);
  await trainer.saveCheckpoint(path);
  terminal.warnings.length = 0;
}

const more: TrainerOptions = { maxEpochs: 4 };
const ckptPath = "/first.ckpt";
const stepLR =
  (lr: number, gamma: number): Configure =>
  (model) => {
    const optimizer = new optim.SGD(model.parameters(), { lr });
    return { optimizer, lrScheduler: new optim.lrScheduler.StepLR(optimizer, { stepSize: 1, gamma }) };
  };

describe("a run that goes on", () => {
  it("hears nothing where nothing has changed, and where only maxEpochs has", async () => {
    await saved({ configure: stepLR(0.1, 0.5), loader: { shuffle: true } });
    const { rates } = await fit({
      configure: stepLR(0.1, 0.5),
      loader: { shuffle: true },
      trainer: more,
      fit: { ckptPath },
    });
    expect(terminal.warnings).toEqual([]);
    expect(rates).toEqual([0.025, 0.025, 0.025, 0.025, 0.0125, 0.0125, 0.0125, 0.0125]);
  });

  it("lists once all that differs, with what goes on where the code has no say", async () => {
    await saved();
    seedEverything(2);
    const { rates } = await fit({
      configure: sgd(0.5, { weightDecay: 0.1 }),
      activation: new nn.Dropout(0.2),
      loader: { batchSize: 4, shuffle: true },
      trainer: {
        ...more,
        accumulateGradBatches: 2,
        gradientClipVal: 1,
        limitTrainBatches: 2,
        precision: "bf16-mixed",
        accelerator: cpu({ backend: "onnxruntime", threads: 2 }),
      },
      fit: { ckptPath },
    });
    expect(terminal.warnings).toHaveLength(1);
    expect(terminal.warnings[0]?.split("\n").map((line) => line.trim())).toEqual([
      "Warning: /first.ckpt was written by a run with another setup.",
      "layer net.1: ReLU() → Dropout(p=0.2, inplace=False)",
      "lr of SGD: 0.1 → 0.5 (the run goes on with 0.1, as in the checkpoint)",
      "weightDecay of SGD: 0 → 0.1 (the run goes on with 0, as in the checkpoint)",
      "batchSize of the training loader: 2 → 4",
      "shuffle of the training loader: false → true",
      "seed: 1 → 2 (the run goes on with 1, as in the checkpoint)",
      "accumulateGradBatches: 1 → 2",
      "gradientClipVal: none → 1",
      "limitTrainBatches: 100 % → 2",
      "precision: 32-true → bf16-mixed",
      "backend: cpu → onnxruntime",
      'To go on with the options of the code: trainer.fit(model, { ckptPath, optionsFrom: "code" }).',
    ]);
    expect(new Set(rates)).toEqual(new Set([0.1]));
  });

  it("hears of it again from its own checkpoints, as long as the saved options go on", async () => {
    await saved();
    const { trainer } = await fit({ configure: sgd(0.5), trainer: more, fit: { ckptPath } });
    await trainer.saveCheckpoint("/second.ckpt");
    terminal.warnings.length = 0;
    await fit({ configure: sgd(0.5), trainer: { maxEpochs: 5 }, fit: { ckptPath: "/second.ckpt" } });
    expect(terminal.warnings.join()).toContain("lr of SGD: 0.1 → 0.5 (the run goes on with 0.1");
  });

  it("names another version of the library, and says nothing about files that hold no setup", async () => {
    await saved();
    const store = new SafetensorsCheckpointStore(files);
    const tree = await store.load(ckptPath);
    const { run_setup: setup, inventory: _, ...old } = tree;
    await store.save("/old.ckpt", old);
    await fit({ configure: sgd(0.5), trainer: more, fit: { ckptPath: "/old.ckpt" } });
    expect(terminal.warnings).toEqual([]);
    const { run } = setup as { run: LoadedTree };
    await store.save("/newer.ckpt", {
      ...tree,
      run_setup: { ...(setup as LoadedTree), run: { ...run, "lightning-ts": "9.9.9" } },
    });
    await fit({ trainer: more, fit: { ckptPath: "/newer.ckpt" } });
    expect(terminal.warnings.join()).toMatch(/lightning-ts: 9\.9\.9 → /);
  });
});

describe("what does not fit is refused", () => {
  const adam: Configure = (model) => new optim.Adam(model.parameters());
  const adamW: Configure = (model) => new optim.AdamW(model.parameters());
  it.each([
    { before: adam, after: adamW, names: ["Adam", "AdamW"] },
    { before: adamW, after: adam, names: ["AdamW", "Adam"] },
    { before: adam, after: sgd(0.1), names: ["Adam", "SGD"] },
    { before: (model: nn.Module) => new optim.RAdam(model.parameters()), after: adam, names: ["RAdam", "Adam"] },
  ])("an optimizer of another class, by both names: $names", async ({ before, after, names: [was, is] }) => {
    await saved({ configure: before });
    for (const optionsFrom of ["checkpoint", "code"] as const)
      await expect(fit({ configure: after, trainer: more, fit: { ckptPath, optionsFrom } })).rejects.toThrow(
        new RegExp(`as in the file: ${was}\\. Received 1 from configureOptimizers: ${is}\\.`),
      );
  });

  it("a schedule of another class, with what to do", async () => {
    const cosine: Configure = (model) => {
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
      return { optimizer, lrScheduler: new optim.lrScheduler.CosineAnnealingLR(optimizer, { tMax: 4 }) };
    };
    await saved({ configure: stepLR(0.1, 0.5) });
    await expect(fit({ configure: cosine, trainer: more, fit: { ckptPath } })).rejects.toThrow(
      /StepLR\. Received 1 from configureOptimizers: CosineAnnealingLR\. Try: .*optionsFrom: "code"/,
    );
    const { rates } = await fit({ configure: cosine, trainer: more, fit: { ckptPath, optionsFrom: "code" } });
    const whole = await fit({ configure: cosine, trainer: more });
    expect(rates).toEqual(whole.rates.slice(8));
    expect(terminal.warnings).toEqual([]);
    expect(terminal.text).toContain("learning-rate schedules: StepLR → CosineAnnealingLR");
  });

  it("a word that optionsFrom does not know", async () => {
    // @ts-expect-error: it is one of two words
    await expect(fit({ fit: { optionsFrom: "file" } })).rejects.toThrow('Expected "checkpoint" or "code"');
  });
});

describe('optionsFrom: "code"', () => {
  it("takes another learning rate and keeps the momentum", async () => {
    const momentum = { momentum: 0.9 };
    await saved({ configure: sgd(0.1, momentum) });
    const { rates, model } = await fit({
      configure: sgd(0.01, momentum),
      trainer: { ...more, maxSteps: 9 },
      fit: { ckptPath, optionsFrom: "code" },
    });
    expect(rates).toEqual([0.01]);
    expect(terminal.warnings).toEqual([]);
    expect(terminal.text).toContain("lr of SGD: 0.1 → 0.01");
    // Without the momentum of eight steps, the first step would be one along the gradient.
    const anew = await fit({
      configure: sgd(0.01),
      trainer: { ...more, maxSteps: 9 },
      fit: { ckptPath, optionsFrom: "code" },
    });
    expect(await weights(model)).not.toEqual(await weights(anew.model));
  });

  it("takes a changed schedule as if it had been there from the beginning", async () => {
    await saved({ configure: stepLR(0.1, 0.5) });
    const { rates } = await fit({ configure: stepLR(0.1, 0.1), trainer: more, fit: { ckptPath, optionsFrom: "code" } });
    const whole = await fit({ configure: stepLR(0.1, 0.1), trainer: more });
    expect(rates).toEqual(whole.rates.slice(8));
    // The saved rate goes on, by the code's factor, where nothing was said.
    const kept = await fit({ configure: stepLR(0.1, 0.1), trainer: more, fit: { ckptPath } });
    expect(kept.rates[0]).toBe(0.025);
    expect(terminal.warnings.join()).toContain("gamma of StepLR: 0.5 → 0.1");
  });

  it("begins a schedule where there was none, at the step where it would stand", async () => {
    await saved();
    const { rates } = await fit({ configure: stepLR(0.1, 0.5), trainer: more, fit: { ckptPath, optionsFrom: "code" } });
    expect(rates[0]).toBe(0.025);
  });

  it("leaves what the code did not change as it was: bit for bit the same run", async () => {
    const plateau: Configure = (model) => {
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.5 });
      const scheduler = new optim.lrScheduler.ReduceLROnPlateau(optimizer, { patience: 0, mode: "max" });
      return { optimizer, lrScheduler: { scheduler, monitor: "lr_is_watched", strict: false } };
    };
    await saved({ configure: plateau });
    const same = await fit({ configure: plateau, trainer: more, fit: { ckptPath } });
    const fromCode = await fit({ configure: plateau, trainer: more, fit: { ckptPath, optionsFrom: "code" } });
    expect(fromCode.losses).toEqual(same.losses);
    expect(fromCode.rates).toEqual(same.rates);
  });

  it("is the code's for files that do not say what they were written with", async () => {
    await saved({ configure: stepLR(0.1, 0.5) });
    const store = new SafetensorsCheckpointStore(files);
    const { run_setup: _, inventory: __, ...old } = await store.load(ckptPath);
    await store.save("/old.ckpt", old);
    const { rates } = await fit({
      configure: stepLR(0.2, 0.5),
      trainer: more,
      fit: { ckptPath: "/old.ckpt", optionsFrom: "code" },
    });
    expect(rates[0]).toBe(0.05);
  });
});

async function weights(model: LightningModule<Batch>): Promise<number[][]> {
  const values: number[][] = [];
  for (const [, tensor] of model.stateDict()) values.push([...(await tensor.data())]);
  return values;
}
