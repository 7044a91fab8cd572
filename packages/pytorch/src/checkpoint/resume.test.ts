import { DataLoader, F, nn, optim, seedEverything, TensorDataset, tf, RandomStream } from "@lightning-ts/core";
import { cpu } from "@lightning-ts/fabric";
import { FakeTerminal, MemoryFiles } from "@lightning-ts/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { Callback } from "../contract/callback.js";
import type { StepOutput } from "../words/step-output.js";
import { LightningModule } from "../contract/lightning-module.js";
import { Trainer } from "../trainer/trainer.js";
import type { TrainerOptions } from "../options/trainer-options.js";

type Batch = [x: tf.Tensor2D, y: tf.Tensor1D];

/** Everything with state: dropout, batch norm, momentum, a scheduler for steps and one that watches a metric. */
class Net extends LightningModule<Batch> {
  readonly layers = new nn.Sequential(
    new nn.Linear(6, 8),
    new nn.BatchNorm1d(8),
    new nn.ReLU(),
    new nn.Dropout(0.3),
    new nn.Linear(8, 3),
  );

  override trainingStep([x, y]: Batch) {
    const loss = F.crossEntropy(this.layers.forward(x), y);
    this.log("train_loss", loss, { onStep: true, onEpoch: true });
    return loss;
  }
  override validationStep([x, y]: Batch) {
    this.log("val_loss", F.crossEntropy(this.layers.forward(x), y));
  }
  override configureOptimizers() {
    const optimizer = new optim.Adam(this.parameters(), { lr: 0.05 });
    return [
      [optimizer],
      [
        { scheduler: new optim.lrScheduler.StepLR(optimizer, { stepSize: 2, gamma: 0.9 }), interval: "step" as const },
        {
          scheduler: new optim.lrScheduler.ReduceLROnPlateau(optimizer, { patience: 0, factor: 0.5 }),
          monitor: "val_loss",
        },
      ],
    ] as const;
  }
}

function data(rows: number, seed: number) {
  const stream = RandomStream.fromSeed(seed, "resume");
  return new TensorDataset(
    tf.buffer<tf.Rank.R2>([rows, 6], "float32", stream.fillNormal(new Float32Array(rows * 6))),
    Int32Array.from({ length: rows }, () => stream.integer(3)),
  );
}

class Losses extends Callback {
  readonly values: number[] = [];
  override onTrainBatchEnd(_trainer: Trainer, _module: LightningModule, outputs: StepOutput) {
    this.values.push(outputs.loss?.dataSync()[0] ?? Number.NaN);
  }
}

/** Writes a checkpoint at every safe point, and notes how many losses there were by then. */
class SaveAlways extends Callback {
  readonly saved: { readonly path: string; readonly batches: number }[] = [];
  override async onTrainBatchEnd(trainer: Trainer) {
    await this.#save(trainer, "batch");
  }
  override async onValidationEnd(trainer: Trainer) {
    if (!trainer.sanityChecking) await this.#save(trainer, "validated");
  }
  override async onTrainEpochEnd(trainer: Trainer) {
    await this.#save(trainer, "epoch");
  }
  async #save(trainer: Trainer, when: string) {
    const path = `/${when}-${trainer.batchesSeen}.ckpt`;
    await trainer.saveCheckpoint(path);
    this.saved.push({ path, batches: trainer.batchesSeen });
  }
}

const ports = { files: new MemoryFiles(), terminal: new FakeTerminal() };
const base: TrainerOptions = {
  accelerator: cpu({ backend: "cpu" }),
  logger: false,
  enableCheckpointing: false,
  enableProgressBar: false,
  enableModelSummary: false,
  ports,
};

async function run(options: TrainerOptions, callbacks: Callback[], ckptPath?: string) {
  const model = new Net();
  const trainer = new Trainer({ ...base, ...options, callbacks });
  const result = await trainer.fit(
    model,
    new DataLoader(data(28, 1), { batchSize: 4, shuffle: true, seed: 3 }),
    new DataLoader(data(8, 2), { batchSize: 4 }),
    ckptPath === undefined ? {} : { ckptPath },
  );
  return { result, model, trainer };
}

async function weights(model: Net): Promise<Record<string, readonly number[]>> {
  return Object.fromEntries(
    await Promise.all(
      [...model.stateDict()].map(async ([name, tensor]) => [name, [...(await tensor.data())]] as const),
    ),
  );
}

const SETTINGS: { name: string; options: TrainerOptions }[] = ["cpu", "onnxruntime"].flatMap((backend) => [
  { name: `one batch per step, on ${backend}`, options: { maxEpochs: 3, accelerator: cpu({ backend }) } },
  {
    name: `windows of three batches, clipped, validation twice an epoch, on ${backend}`,
    options: {
      maxEpochs: 2,
      accumulateGradBatches: 3,
      gradientClipVal: 0.1,
      valCheckInterval: 3,
      accelerator: cpu({ backend }),
    },
  },
]);

describe.each(SETTINGS)("resuming at any safe point is as if nothing had happened: $name", ({ options }) => {
  const losses = new Losses();
  const saver = new SaveAlways();
  let finalWeights: Record<string, readonly number[]> = {};
  let finalMetrics: Readonly<Record<string, number>> = {};

  beforeAll(async () => {
    seedEverything(7);
    const { model, result } = await run(options, [losses, saver]);
    finalWeights = await weights(model);
    finalMetrics = result.metrics;
  });

  it("gives the same losses, weights and metrics, bit for bit", async () => {
    expect(losses.values.length).toBe((options.maxEpochs ?? 0) * 7);
    expect(saver.saved.length).toBeGreaterThan(losses.values.length);
    const some = saver.saved.filter(({ path }, index) => index % 3 === 0 || !path.startsWith("/batch"));
    for (const { path, batches } of some) {
      seedEverything(99);
      const rest = new Losses();
      const { model, result } = await run(options, [rest], path);
      expect(rest.values, path).toEqual(losses.values.slice(batches));
      expect(await weights(model), path).toEqual(finalWeights);
      expect(result.metrics, path).toEqual(finalMetrics);
    }
  });
});

it.each([
  {
    batchSize: 2,
    rest: /after batch 4 of 7, but the training loader now has 14 batches: the epoch goes on with the 10 that are left of 14/,
    steps: 10,
  },
  {
    batchSize: 7,
    rest: /after batch 4 of 7, but the training loader now has 4 batches: the epoch ends at once/,
    steps: 0,
  },
  { batchSize: 4, rest: undefined, steps: 3 },
])(
  "says so when an epoch goes on with a loader of another length: batches of $batchSize",
  async ({ batchSize, rest, steps }) => {
    const quiet = { ...base, ports: { files: ports.files, terminal: new FakeTerminal() } };
    const { trainer } = await run({ maxSteps: 4 }, []);
    await trainer.saveCheckpoint("/other-length.ckpt");
    const losses = new Losses();
    await new Trainer({ ...quiet, maxEpochs: 1, callbacks: [losses] }).fit(
      new Net(),
      new DataLoader(data(28, 1), { batchSize, shuffle: true, seed: 3 }),
      new DataLoader(data(8, 2), { batchSize: 4 }),
      { ckptPath: "/other-length.ckpt" },
    );
    expect(losses.values).toHaveLength(steps);
    const warnings = quiet.ports.terminal.warnings.filter((line) => line.includes("/other-length.ckpt"));
    expect(warnings).toEqual(rest === undefined ? [] : [expect.stringMatching(rest)]);
  },
);

it("says nothing of another length where no batch of the epoch is left, or where nobody knows the length", async () => {
  const saver = new SaveAlways();
  await run({ maxEpochs: 2 }, [saver]);
  const terminal = new FakeTerminal();
  const resume = async (ckptPath: string, batches: DataLoader<unknown, Batch> | AsyncIterable<Batch>) => {
    const trainer = new Trainer({ ...base, maxEpochs: 2, ports: { files: ports.files, terminal } });
    await trainer.fit(new Net(), batches as AsyncIterable<Batch>, new DataLoader(data(8, 2), { batchSize: 4 }), {
      ckptPath,
    });
  };
  const loader = (batchSize: number) =>
    new DataLoader(data(28, 1), { batchSize, shuffle: true, seed: 3 }) as unknown as DataLoader<unknown, Batch>;
  for (const path of ["/validated-7.ckpt", "/epoch-7.ckpt"]) {
    expect(saver.saved.map((saved) => saved.path)).toContain(path);
    await resume(path, loader(2));
  }
  await resume("/batch-4.ckpt", { [Symbol.asyncIterator]: () => loader(4)[Symbol.asyncIterator]() });
  expect(terminal.warnings.filter((line) => line.includes("batches: the epoch"))).toEqual([]);
});

it("goes on in the epoch that maxSteps cut short", async () => {
  seedEverything(7);
  const whole = new Losses();
  await run({ maxSteps: 10 }, [whole]);
  seedEverything(7);
  const first = new Losses();
  const { trainer } = await run({ maxSteps: 4 }, [first]);
  await trainer.saveCheckpoint("/cut.ckpt");
  const second = new Losses();
  await run({ maxSteps: 10 }, [second], "/cut.ckpt");
  expect([...first.values, ...second.values]).toEqual(whole.values);
});
