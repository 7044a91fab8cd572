import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as L from "lightning-ts";
import { FSDPStrategy, type FSDPStage } from "lightning-ts/fabric";
import { MeanSquaredError } from "lightning-ts/metrics";

/** A whole run of the Trainer on several ranks, and what each of them saw. */
export interface WholeRunOrders {
  readonly devices: number;
  readonly maxEpochs: number;
  /** Divides the optimizer's state, and more in later stages, between the ranks. */
  readonly stage?: FSDPStage;
  /** Saves a folder of shards. */
  readonly shards?: boolean;
  /** Of each rank. @default 2 */
  readonly batchSize?: number;
  /** Keeps a checkpoint of each step, in a folder of the root. */
  readonly keepsSteps?: boolean;
  /** The checkpoint from which the run goes on. */
  readonly ckptPath?: string;
  readonly root: string;
  /** The rank that asks to stop, at its fifth step. */
  readonly stops?: number;
  /** The rank that is killed at its fourteenth step, once. */
  readonly killed?: number;
  /** Waits in each step, so that a signal finds the run under way. */
  readonly sleepMs?: number;
}

export interface WholeRunResult {
  readonly rank: number;
  readonly status: string;
  readonly steps: number;
  readonly epochs: number;
  readonly weights: readonly number[];
  /** The examples of each epoch, in the order in which this rank saw them. */
  readonly seen: readonly (readonly number[])[];
  readonly metrics: Readonly<Record<string, number>>;
  readonly prepared: number;
  readonly files: readonly string[];
  readonly gathered: readonly number[];
  readonly reduced: number;
  readonly order: string;
  readonly validated: number;
}

const EXAMPLES = 23;
const [text = "{}", folder = ""] = process.argv.slice(2);
const orders: WholeRunOrders = JSON.parse(text);
let prepared = 0;

class Data extends L.LightningDataModule {
  override prepareData(): void {
    prepared += 1;
  }
  override trainDataloader() {
    return new L.DataLoader(makeData(), { batchSize: orders.batchSize ?? 2, shuffle: true });
  }
  override valDataloader() {
    return new L.DataLoader(makeData(), { batchSize: 2 });
  }
}

function makeData() {
  const x = L.tf.buffer<L.tf.Rank.R2>([EXAMPLES, 2], "float32");
  for (let row = 0; row < EXAMPLES; row += 1) {
    x.set(row, row, 0);
    x.set(Math.sin(row), row, 1);
  }
  return new L.TensorDataset(x);
}

class Net extends L.LightningModule<[L.tf.Tensor2D]> {
  readonly layer = new L.nn.Linear(1, 1);
  readonly norm = new L.nn.BatchNorm1d(1);
  readonly valError = new MeanSquaredError();
  readonly seen: number[][] = [];

  lossOf(x: L.tf.Tensor2D) {
    const input = x.slice([0, 1], [-1, 1]);
    return L.F.mseLoss(this.norm.forward(this.layer.forward(input)), input.square());
  }
  override onTrainEpochStart(): void {
    this.seen.push([]);
  }
  override async trainingStep([x]: [L.tf.Tensor2D]) {
    const rows = await x.slice([0, 0], [-1, 1]).data();
    // A run that goes on in the middle of an epoch does not begin one.
    if (this.seen.length === 0) this.seen.push([]);
    this.seen.at(-1)?.push(...rows);
    if (orders.sleepMs !== undefined) await new Promise((resolve) => setTimeout(resolve, orders.sleepMs));
    const loss = this.lossOf(x);
    this.log("train_loss", loss, { syncDist: true, onEpoch: true, onStep: false });
    return loss;
  }
  override onTrainBatchEnd(): void {
    const isKilled = this.trainer.globalRank === orders.killed && this.trainer.globalStep === 14;
    const mark = join(folder, "killed");
    if (isKilled && !existsSync(mark)) {
      writeFileSync(mark, "");
      process.kill(process.pid, "SIGKILL");
    }
    if (this.trainer.globalRank === orders.stops && this.trainer.globalStep === 5) this.trainer.shouldStop = true;
    writeFileSync(join(folder, `step-${this.trainer.globalRank}`), String(this.trainer.globalStep));
  }
  override validationStep([x]: [L.tf.Tensor2D]): void {
    const input = x.slice([0, 1], [-1, 1]);
    this.valError.update(this.layer.forward(input), input);
    this.log("val_error", this.valError);
    this.log("val_loss", this.lossOf(x), { syncDist: true });
  }
  override configureOptimizers() {
    return new L.optim.Adam(this.parameters(), { lr: 0.02 });
  }
}

function makeStrategy(stage: FSDPStage): FSDPStrategy {
  return new FSDPStrategy({ stage, stateDictType: orders.shards === true ? "sharded" : "full" });
}

L.seedEverything(4);
const net = new Net();
const trainer = new L.Trainer({
  accelerator: L.cpu({ backend: "cpu" }),
  devices: orders.devices,
  strategy: orders.stage === undefined ? "auto" : makeStrategy(orders.stage),
  maxEpochs: orders.maxEpochs,
  defaultRootDir: orders.root,
  logger: new L.CSVLogger({ saveDir: orders.root }),
  enableProgressBar: false,
  enableModelSummary: false,
  logEveryNSteps: 1,
  callbacks: [
    new L.ModelCheckpoint({ monitor: "val_loss", saveLast: true, saveTopK: 1 }),
    new L.EarlyStopping({ monitor: "val_loss", patience: 50 }),
    ...(orders.keepsSteps === true
      ? [new L.ModelCheckpoint({ dirpath: join(orders.root, "steps"), everyNTrainSteps: 1, saveTopK: -1 })]
      : []),
  ],
});
const { status } = await trainer.fit(net, {
  datamodule: new Data(),
  ...(orders.ckptPath === undefined ? {} : { ckptPath: orders.ckptPath }),
});
const { globalRank: rank, globalStep: steps, currentEpoch: epochs } = trainer;
const metrics = { ...trainer.callbackMetrics };
const common = { rank, status, steps, epochs, seen: net.seen, prepared };
const result: Omit<WholeRunResult, "gathered" | "reduced" | "order" | "validated" | "files"> = {
  ...common,
  weights: [...net.parameters(), ...net.buffers()].flatMap((each) => [...each.dataSync()]),
  metrics: Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, Number(value)])),
};
const path = join(folder, `rank-${rank}.json`);
if (status === "finished") {
  const [validated] = await trainer.validate(net, { datamodule: new Data(), verbose: false });
  const fabric = new L.Fabric({ accelerator: L.cpu({ backend: "cpu" }), devices: orders.devices });
  await fabric.launch();
  const gathered = await fabric.allGather(L.tf.tensor1d([rank, rank + 0.5]));
  const reduced = await fabric.allReduce({ rank: L.tf.scalar(rank + 1) }, "sum");
  const log = join(folder, "order");
  await fabric.rankZeroFirst(() => appendFileSync(log, String(rank)));
  await fabric.barrier();
  const files = existsSync(orders.root) ? readdirSync(orders.root, { recursive: true, encoding: "utf8" }) : [];
  const more = {
    gathered: [...gathered.dataSync()],
    reduced: reduced.rank.dataSync()[0],
    order: readFileSync(log, "utf8"),
    validated: validated?.["val_loss"],
    files: files.filter((name) => /\.(csv|ckpt)$/.test(name)).sort(),
  };
  writeFileSync(path, JSON.stringify({ ...result, ...more }));
} else writeFileSync(path, JSON.stringify(result));
