import { DataLoader, F, nn, optim, RandomStream, seedEverything, TensorDataset, tf } from "lightning-ts/core";
import { SafetensorsCheckpointStore, type LoadedTree } from "lightning-ts/fabric";
import { nodeFiles } from "lightning-ts/fabric/node";
import { MeanMetric } from "lightning-ts/metrics";
import * as L from "lightning-ts";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const { StepLR, CosineAnnealingWarmRestarts, SequentialLR, ChainedScheduler, ExponentialLR, ReduceLROnPlateau } =
  optim.lrScheduler;

type Batch = [x: tf.Tensor2D, y: tf.Tensor2D];

/** What a world trains with. */
interface World {
  readonly optimizer: (params: nn.Module) => optim.Optimizer;
  readonly scheduler?: (optimizer: optim.Optimizer) => L.LRSchedulerConfig;
  readonly trainer?: L.TrainerOptions;
  /** Callbacks besides those of all worlds. */
  readonly callbacks?: () => L.Callback[];
}

/** A callback as users write them: numbers, texts, a flag, and a tensor. */
class Remembers extends L.Callback {
  #seen = 0;
  #names = ["first"];
  #longest = tf.buffer<tf.Rank.R1>([2], "float32");
  override onTrainBatchEnd(): void {
    this.#seen += 1;
    this.#names.push(`batch ${this.#seen}`);
  }
  override stateDict() {
    return { seen: this.#seen, names: this.#names, isOn: true, longest: this.#longest };
  }
  override loadStateDict({ seen, names }: { seen?: number; names?: string[] }): void {
    this.#seen = seen ?? 0;
    this.#names = names ?? [];
  }
}

const step = (scheduler: L.LRSchedulerConfig["scheduler"]): L.LRSchedulerConfig => ({ scheduler, interval: "step" });

let folder: string | undefined;
function savedIn(): string {
  folder ??= mkdtempSync(join(tmpdir(), "edited-"));
  return folder;
}

/** What a run keeps besides its training: callbacks of users and of the library, hyperparameters, and who it is. */
export const withCallbacks: World = {
  optimizer: (net) => new optim.SGD(net.parameters(), { lr: 0.1 }),
  trainer: { enableCheckpointing: true },
  callbacks: () => [
    new Remembers(),
    new L.StochasticWeightAveraging({ swaLrs: 0.05, swaEpochStart: 1 }),
    new L.EMAWeightAveraging({ decay: 0.5 }),
    new L.ModelCheckpoint({ dirpath: savedIn(), monitor: "train_loss", saveLast: true }),
  ],
};

/** Every optimizer, and every kind of state that a schedule has. */
export const worlds: Readonly<Record<string, World>> = {
  SGD: {
    optimizer: (net) => new optim.SGD(net.parameters(), { lr: 0.1, momentum: 0.9 }),
    scheduler: (o) => step(new StepLR(o, { stepSize: 2 })),
  },
  Adam: {
    optimizer: (net) => new optim.Adam(net.parameters(), { amsgrad: true }),
    scheduler: (o) => ({ scheduler: new ReduceLROnPlateau(o, { patience: 0 }), monitor: "train_loss" }),
  },
  AdamW: {
    optimizer: (net) => new optim.AdamW(net.parameters()),
    scheduler: (o) => step(new CosineAnnealingWarmRestarts(o, { t0: 2, tMult: 2 })),
  },
  NAdam: {
    optimizer: (net) => new optim.NAdam(net.parameters()),
    scheduler: (o) =>
      step(
        new SequentialLR(o, {
          schedulers: [new ExponentialLR(o, { gamma: 0.9 }), new StepLR(o, { stepSize: 1 })],
          milestones: [2],
        }),
      ),
  },
  RAdam: {
    optimizer: (net) => new optim.RAdam(net.parameters()),
    scheduler: (o) => step(new ChainedScheduler(o, { schedulers: [new ExponentialLR(o, { gamma: 0.9 })] })),
  },
  Adamax: { optimizer: (net) => new optim.Adamax(net.parameters()) },
  RMSprop: { optimizer: (net) => new optim.RMSprop(net.parameters(), { momentum: 0.5, centered: true }) },
  Adagrad: { optimizer: (net) => new optim.Adagrad(net.parameters(), { lrDecay: 0.1 }) },
  Adadelta: { optimizer: (net) => new optim.Adadelta(net.parameters()) },
  ASGD: { optimizer: (net) => new optim.ASGD(net.parameters(), { t0: 2 }) },
  Rprop: { optimizer: (net) => new optim.Rprop(net.parameters()) },
  Adafactor: { optimizer: (net) => new optim.Adafactor(net.parameters()) },
  Muon: { optimizer: (net) => new optim.Muon(net.parameters().filter(({ rank }) => rank === 2)) },
  LBFGS: {
    optimizer: (net) => new optim.LBFGS(net.parameters(), { lr: 0.5, maxIter: 4 }),
    trainer: { accumulateGradBatches: 1 },
  },
  "half precision": {
    optimizer: (net) => new optim.SGD(net.parameters(), { lr: 0.1 }),
    trainer: { precision: "16-mixed", accelerator: L.cpu({ backend: "onnxruntime" }) },
  },
};

class Net extends L.LightningModule<Batch> {
  readonly body: nn.Sequential;
  readonly seen = new MeanMetric();

  constructor(readonly world: World) {
    super();
    const between = [new nn.BatchNorm1d(4), new nn.Dropout(0.2)];
    this.body = new nn.Sequential(new nn.Linear(3, 4), ...between, new nn.Linear(4, 1));
    this.saveHyperparameters({ width: 4, names: ["a"] });
  }
  override trainingStep([x, y]: Batch) {
    const loss = F.mseLoss(this.body.forward(x), y);
    this.log("train_loss", loss, { onStep: true, onEpoch: true });
    this.seen.update(loss);
    this.log("seen", this.seen);
    return loss;
  }
  override configureOptimizers() {
    const optimizer = this.world.optimizer(this);
    const scheduler = this.world.scheduler?.(optimizer);
    return scheduler === undefined ? optimizer : { optimizer, lrScheduler: scheduler };
  }
}

/** What a run computed from some batch on: that must be the same, or the run refused. */
export type Curve = readonly (readonly number[])[];

const SAVED_AFTER = 9;
const silent = { isInteractive: false, columns: 80, hasColors: false, format: String, write() {}, warn() {} };

/** A run of two epochs, saved in the second one, with a window of accumulation open. */
export async function run(world: World, paths: { readonly save?: string; readonly resume?: string }): Promise<Curve> {
  seedEverything(paths.resume === undefined ? 1 : 2);
  const stream = RandomStream.fromSeed(1, "rows");
  const rows = (width: number) =>
    tf.buffer<tf.Rank.R2>([12, width], "float32", stream.fillNormal(new Float32Array(12 * width)));
  const losses: number[] = [];
  const watch = new L.LambdaCallback({
    onTrainBatchEnd: async (trainer, _module, outputs) => {
      losses.push((await outputs.loss?.data())?.[0] ?? Number.NaN);
      if (paths.save !== undefined && losses.length === SAVED_AFTER) await trainer.saveCheckpoint(paths.save);
    },
  });
  const trainer = new L.Trainer({
    accelerator: L.cpu({ backend: "cpu" }),
    maxEpochs: 2,
    accumulateGradBatches: 2,
    ...{ logger: false, enableCheckpointing: false, enableProgressBar: false, enableModelSummary: false },
    callbacks: [
      watch,
      new L.EarlyStopping({ monitor: "train_loss", patience: 5, checkOnTrainEpochEnd: true }),
      new L.Timer({ duration: { hours: 1 } }),
      ...(world.callbacks?.() ?? []),
    ],
    ports: { terminal: silent },
    ...world.trainer,
  });
  const model = new Net(world);
  try {
    const loader = new DataLoader(new TensorDataset(rows(3), rows(1)), { batchSize: 2, shuffle: true });
    await trainer.fit(model, loader, undefined, paths.resume === undefined ? {} : { ckptPath: paths.resume });
    const weights: number[][] = [];
    for (const [, tensor] of model.stateDict()) weights.push([...(await tensor.data())]);
    return [losses.slice(paths.resume === undefined ? SAVED_AFTER : 0), ...weights];
  } finally {
    trainer.dispose();
    model.dispose();
  }
}

export const store = new SafetensorsCheckpointStore(nodeFiles());

/** How a file was taken: refused by an error of the library, taken with the same curve, or neither. */
export async function outcomeOf(world: World, path: string, tree: LoadedTree, expected: Curve): Promise<string> {
  await store.save(path, tree);
  try {
    const curve = await run(world, { resume: path });
    return JSON.stringify(curve) === JSON.stringify(expected) ? "same" : "another curve";
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code.startsWith("LIT_") && code !== "LIT_HOOK" && !isBlameless(error)) return `refused ${String(error)}`;
    return `failed ${error instanceof Error ? (error.stack ?? String(error)) : String(error)}`;
  }
}

/** An error that only reports another one, which is not the library's. */
function isBlameless(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof TypeError || cause instanceof RangeError;
}
